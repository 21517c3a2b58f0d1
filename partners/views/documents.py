"""The documents of a record: those written here as a page, those uploaded as a download."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import permissions
from partners.markdown import render as render_markdown
from partners.models import Document, DocumentFile


@require_safe
@never_cache
def detail(request, pk, document):
    """A worksheet to read and print; what is elsewhere or a file leads to it."""
    found = _document_or_404(request.user, pk, document)
    if found.url:
        return redirect(found.url)
    if found.file_name:
        return redirect("listing_document_file", pk, document)
    context = {"document": found, "listing": found.listing, "body": body_of(found)}
    return render(request, "partners/document.html", context)


@require_safe
@never_cache
def download(request, pk, document):
    """A PDF, always to be kept and never shown inside our own pages."""
    found = _document_or_404(request.user, pk, document)
    return as_download(found)


def body_of(document):
    """Its text as HTML, which an allowlist made."""
    return SafeString(render_markdown(document.text))


def as_download(document):
    """Its PDF, to be kept; 404 when the file is not there."""
    file = get_object_or_404(DocumentFile, document=document)
    response = HttpResponse(bytes(file.content), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, document.file_name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _document_or_404(user, pk, document):
    found = get_object_or_404(Document.objects.select_related("listing"), pk=document, listing=pk)
    if not permissions.can_open(found.listing, user) or _is_confidential_link(found):
        raise Http404
    return found


def _is_confidential_link(document):
    """The site of a confidential place goes nowhere (rule R7)."""
    return bool(document.url) and document.listing.is_confidential
