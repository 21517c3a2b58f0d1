"""What waits for the manager today: a few numbers, each a link to the work behind it."""

from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import permissions, waiting
from partners.views.decorators import permission
from partners.views.manage.sections import page


@require_safe
@never_cache
@permission(permissions.can_manage)
def overview(request):
    tasks = waiting.tasks()
    context = {
        "waiting": [task for task in tasks if task.count],
        "nothing": [task for task in tasks if not task.count and not task.is_least],
    }
    return page(request, "home.html", context)
