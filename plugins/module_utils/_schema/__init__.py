"""What a resource type is: its fields, its routes, its identity.

Private: for the modules and plugins of this collection only.
"""
