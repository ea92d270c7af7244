"""The JSON side: who may call, what is asked, what is answered. Must not decide anything."""
