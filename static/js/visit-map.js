/* A small map of where a partner is, from the outlines of a pack: communes, their names, a dot.
   partners/handouts/maps.py draws the same on paper. */

const WIDTH = 320;
const HEIGHT = 180;
const REACH_KM = 9;
const KM_PER_DEGREE = 111.2;
const MOST_NAMES = 7;
const LETTER = 6.4;
const LINE = 15;
const DOT = { x: WIDTH / 2, y: HEIGHT / 2, radius: 11 };

/* {width, height, label, paths, names: [{x, y, text}], dot: {x, y}} of the office of a record, as
   attributes of an SVG; null when it has none, or hides it. */
export function smallMap(pack, record) {
  const office = (record.sites ?? []).find(([, , , , permanence]) => !permanence);
  if (!office) return null;
  const at = projection(office);
  return {
    width: WIDTH,
    height: HEIGHT,
    label: `Petite carte\u00a0: ${record.name}, ${record.commune ?? "son lieu"}`,
    paths: pack.communes.map(({ code }) => pathOf(pack.outlines, code, at)).filter(Boolean),
    names: namesOf(pack, office, at),
    dot: { x: DOT.x, y: DOT.y },
  };
}

/* Pixels from the upper left corner: degrees are short of distances, so a plane will do. */
function projection([latitude, longitude]) {
  const scale = (HEIGHT / 2 / REACH_KM) * KM_PER_DEGREE;
  const shrink = Math.cos((latitude * Math.PI) / 180);
  return ([lat, lon]) => [DOT.x + (lon - longitude) * shrink * scale, DOT.y - (lat - latitude) * scale];
}

/* The points [latitude, longitude] of a ring kept as steps. */
export function pointsOf({ origin: [south, west], step }, ring) {
  const points = [];
  let [x, y] = [0, 0];
  for (let at = 0; at < ring.length; at += 2) {
    x += ring[at];
    y += ring[at + 1];
    points.push([south + y * step, west + x * step]);
  }
  return points;
}

function pathOf(outlines, code, at) {
  return (outlines.shapes[code] ?? [])
    .map((ring) => pointsOf(outlines, ring).map(at))
    .filter(isSeen)
    .map(drawn)
    .join("");
}

function drawn(points) {
  const corners = points.map(([x, y]) => `${Math.round(x)},${Math.round(y)}`);
  return `M${[...new Set(corners)].join("L")}Z`;
}

function isSeen(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return Math.max(...xs) > 0 && Math.min(...xs) < WIDTH && Math.max(...ys) > 0 && Math.min(...ys) < HEIGHT;
}

/* Names of towns, its own first, as long as they meet neither each other nor the dot. */
function namesOf(pack, [, , own], at) {
  const towns = pack.communes.filter(({ point }) => point);
  towns.sort((one, other) => (other.id === own) - (one.id === own) || (other.population ?? 0) - (one.population ?? 0));
  const taken = [[DOT.x - DOT.radius, DOT.y - DOT.radius, DOT.x + DOT.radius, DOT.y + DOT.radius]];
  const names = [];
  for (const { name, point } of towns) {
    const place = names.length < MOST_NAMES && placeOf(name, at(point), taken);
    if (place) {
      taken.push(place.box);
      names.push({ x: Math.round(place.x), y: Math.round(place.y), text: name });
    }
  }
  return names;
}

function placeOf(name, [x, y], taken) {
  for (const top of [y + LINE + 3, y - 10, y + 2 * LINE, y - 2 * LINE]) {
    const half = (name.length * LETTER) / 2;
    const box = [x - half, top - LINE, x + half, top + 3];
    const fits = box[0] > 2 && box[1] > 0 && box[2] < WIDTH - 2 && box[3] < HEIGHT;
    if (fits && !taken.some((other) => meets(box, other))) return { x, y: top, box };
  }
  return null;
}

const meets = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
