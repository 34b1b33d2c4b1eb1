"""What is known of PostHog while a task runs.

Private: for the modules and plugins of this collection only.
"""
