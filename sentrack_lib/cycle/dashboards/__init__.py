"""Pages that are open while people work with them: Voilà and JupyterLab, who may come in, and what stands around a page."""
