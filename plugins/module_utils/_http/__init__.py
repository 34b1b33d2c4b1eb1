"""The connection to PostHog: requests, answers, pages, and the pace of requests.

Private: for the modules and plugins of this collection only.
"""
