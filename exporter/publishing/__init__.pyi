from .choice import choose as choose
from .layouts import LAYOUTS as LAYOUTS
from .layouts import uploads as uploads
from .publish import Published as Published
from .publish import publish as publish
from .upload import Upload as Upload
