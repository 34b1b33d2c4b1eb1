"""One object: find, compare, plan, apply.

Private: for the modules and plugins of this collection only.
"""
