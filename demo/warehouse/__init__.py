"""The simulated warehouse: three merchants' orders, their mishaps and the webhooks about them.

It talks HTTP only and must never import a room of the product.
"""
