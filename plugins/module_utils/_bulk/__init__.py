"""Many objects of many types at once.

Private: for the modules and plugins of this collection only.
"""
