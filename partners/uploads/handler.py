"""A file that is too big is not kept while it arrives, wherever it is sent."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MAX_BYTES = 20 * 1024 * 1024


class BoundedUpload(FileUploadHandler):
    """First of the handlers: beyond `MAX_BYTES` the file is left out, the other fields are read."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            self.request.is_file_too_big = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None
