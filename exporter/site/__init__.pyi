from .build import write_site as write_site
