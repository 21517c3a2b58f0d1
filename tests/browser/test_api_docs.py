"""The documentation of the API, under the content policy and with local files alone."""

from playwright.sync_api import expect


def test_request_is_tried_from_the_documentation(open_page):
    page = open_page("responsable")
    page.goto("/api/v1/docs/")
    block = page.locator(".opblock", has_text="/api/v1/comprendre")
    block.locator(".opblock-summary").click()
    block.locator("textarea").fill('{"texte": "alcool pouzauges"}')
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table")
    expect(answer).to_contain_text('"code_insee": "85182"')
