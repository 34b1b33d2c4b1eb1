"""Plain values, paths, words and errors: nothing of PostHog.

Private: for the modules and plugins of this collection only.
"""
