"""What each module does, whoever runs it.

Private: for the modules and plugins of this collection only.
"""
