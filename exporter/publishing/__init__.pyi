from .choice import choose as choose
from .layouts import uploads as uploads
from .publish import Published as Published
from .publish import publish_uploads as publish_uploads
from .upload import LAYOUTS as LAYOUTS
from .upload import Upload as Upload
