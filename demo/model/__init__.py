"""A model's server that answers without a model. It must not be used for anything but showing."""
