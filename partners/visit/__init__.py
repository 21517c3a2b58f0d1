"""The pack of a visit: what a telephone keeps to search a sector without a network.

JSON that `static/js/visit-search.js` reads: from a situation and a commune of the sector it gives
the blocks of the search online, in their order. In it: published records, what is said of them to
anyone, numbers, guides, outlines. Not in it: named contacts, the line for professionals (rule R6),
where a confidential shelter is (rule R7), anything of a tenant (rule R1). What is empty, false or
null in a row is left out.

- `format` (3), `app` (version of the static files), `prepared_at`, `expires_at` (ISO 8601, a week
  later), `first_day` (the day before), `holidays` (days), `sector` {code, kind, name}, `chosen`
  (slugs, null for all situations), `landlord` {name, color}, `agency` of the account {name, phone,
  href} or null, `publics` {slug: label}, `generalists` (types of structures, in the order of their
  block), `order_rule`;
- `zones`: territories that hold a commune of the sector, {rank (`ZONE_RANKS`), kind, label}; other
  rows name them by their index. `communes`, by name: {id, code, name, key (folded), postal,
  former: [[name, key, code, point or null]], point [lat, lon], population, zones, own and near
  (codes of `Place.near_ids`), border, island, departement};
- `situations`, in their order: {slug, label, description, icon, order, danger, subject, words
  (folded), helplines: [[index, order, key]], guide}. `helplines`: {name, number, label, href,
  channels, audience, hours, kind, is_free, danger, zone}; `fallback`: indexes of those of last
  resort. `signs` of danger: {slug, message, helplines}. `referents` of the
  landlord, without names: {subject, label, agency, phone, href, zone};
- `hours`: {spans: [[start, end or null, kind, comment]], off, school, zone (absent: Paris),
  unreadable, holidays, week: [[days, hours]], said (of a permanence)}. Minutes from the midnight
  of `first_day` on the wall clock; kind 0 open, 1 by appointment, 2 unknown, 3 closed with a
  comment;
- `records` (`partners.visit.records`); `outlines` (`partners.visit.outlines`); `words`, with which
  a typed text is read (`partners.words.tables`).
"""

from partners.visit.pack import MOST_RECORDS, TooLarge, pack_of

__all__ = ["MOST_RECORDS", "TooLarge", "pack_of"]
