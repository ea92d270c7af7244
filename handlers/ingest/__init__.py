"""The door for order events: verify, translate, hand over. Must not judge an order."""
