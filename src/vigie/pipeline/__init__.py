"""Stages in order: what joins the science to files and stores."""
