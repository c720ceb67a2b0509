// Where the face of a part ends, in pixels from the middle of one: the last pass draws its edges as if they were sampled many times.
const float ROPE = 0.02 / 1.02, BELLY = 4.0 / 1.02, PIECES = 10.0;      // of a cable, as part.vert.glsl has it; straight pieces of it

// A place on a part, in the part's own axes: metres, the way of sight, the ways on the wall to the next pixel on the right and above; its size.
struct Spot { vec3 p; vec3 sight; vec3 right; vec3 above; vec3 size; };

// A cable made straight: it hangs within its box.
Spot stretched(Spot s)
{
  float x = s.p.x / s.size.x, low = floor(x * PIECES) / PIECES, high = low + 1.0 / PIECES, slope = BELLY * (low + high) * s.size.z / s.size.x;
  s.p.z -= slope * s.p.x - (BELLY * low * high + 0.5 - 0.5 * ROPE) * s.size.z;
  s.sight.z -= slope * s.sight.x; s.right.z -= slope * s.right.x; s.above.z -= slope * s.above.x;
  s.size.z *= ROPE;
  return s;
}

// The size at which a part is drawn that covers but a share of its pixels: part.vert.glsl has widened it.
vec3 asDrawn(vec3 size, bool hangs, vec2 sight, float cover)
{
  float most = max(size.x, max(size.y, size.z)), least = min(size.x, min(size.y, size.z)), other = size.x + size.y + size.z - most - least;
  vec2 a = size.yz * sight.yx;
  if (hangs) other = sqrt(dot(a, a) / max(dot(sight, sight), 1e-30));
  float wide = other / cover; wide = wide <= most ? wide : sqrt(wide * most);
  return cover < 1.0 ? max(size, wide) : size;
}

// A wall laid flat: a place on it, its size, the ways to the next pixels.
struct Wall { vec2 at; vec2 size; vec2 right; vec2 above; };

// Pixels to the left, to the right, down and up to its ends.
vec4 waysOut(Wall wall)
{
  vec2 at = wall.at, other = wall.size - at, r = 1.0 / max(abs(wall.right), vec2(1e-9)), a = 1.0 / max(abs(wall.above), vec2(1e-9));
  bvec2 turned = lessThan(wall.right, vec2(0.0)), under = lessThan(wall.above, vec2(0.0));
  vec2 before = mix(at, other, turned) * r, behind = mix(other, at, turned) * r, below = mix(at, other, under) * a, over = mix(other, at, under) * a;
  return vec4(min(before.x, before.y), min(behind.x, behind.y), min(below.x, below.y), min(over.x, over.y));
}

// Of a drum its outline, as seen across its axis, z; of a prism the side that the place lies on. Corners lie half a side off the axes, and
// the widest of them at the walls of the box.
Wall sideOf(Spot s, float sides, bool drum)
{
  float turn = 6.2831853 / sides, square = 0.25 * turn * turn, level = 1.0 - square * (0.5 - square / 24.0);      // cosine of half a side
  vec2 scale = 2.0 * vec2(level, mod(sides, 4.0) == 0.0 ? level : 1.0) / s.size.xy, at = s.p.xy * scale, across = s.sight.xy * scale;
  across = vec2(-across.y, across.x);
  vec2 towards = drum ? across : at;
  float angle = turn * (floor(atan(towards.y, towards.x) / turn + (drum ? 0.0 : 0.5)) + (drum ? 0.5 : 0.0)), radius = length(at);
  vec2 way = vec2(cos(angle), sin(angle));                              // to the outermost corner, or to the middle of the side
  float deep = dot(at, way), half_ = abs(dot(across, vec2(-way.y, way.x))) * deep * sqrt(1.0 - level * level) / level;
  half_ = drum ? dot(across, way) * (radius > level ? 1.0 : radius) : half_;
  float middle = drum ? 0.0 : dot(across, way) * deep;
  vec2 right = vec2(dot(across, s.right.xy * scale), s.right.z), above = vec2(dot(across, s.above.xy * scale), s.above.z);
  return Wall(vec2(dot(across, at) - middle + half_, s.p.z + 0.5 * s.size.z), vec2(2.0 * half_, s.size.z), right, above);
}

// `n` is the normal in the part's axes, each times its size; `sides` those of a prism or drum, 0 of other things.
vec4 endsAt(Spot s, vec3 n, float form, float sides, float cover)
{
  if (s.size.x <= 0.0 || form == CUT_FACE) return vec4(2.0);
  bool lies = form == ROUND_X, hangs = lies && sides == 0.0;
  vec2 sight = s.sight.yz;
  if (hangs) s = stretched(s);
  s.size = max(asDrawn(s.size, hangs, sight, cover), vec3(1e-6));
  vec3 a = abs(n);
  bool level = a.z > max(a.x, a.y), side = a.x > a.y;
  bool boxed = form == FLAT && (sides == 0.0 || level);
  if (boxed ? side && !level : lies) s = Spot(s.p.yzx, s.sight.yzx, s.right.yzx, s.above.yzx, s.size.yzx);
  else if (boxed && !level) s = Spot(s.p.xzy, s.sight.xzy, s.right.xzy, s.above.xzy, s.size.xzy);
  Wall flat_ = Wall(s.p.xy + 0.5 * s.size.xy, s.size.xy, s.right.xy, s.above.xy), round_ = sideOf(s, sides == 0.0 ? 20.0 : sides, form != FLAT);
  return waysOut(Wall(boxed ? flat_.at : round_.at, boxed ? flat_.size : round_.size, boxed ? flat_.right : round_.right, boxed ? flat_.above : round_.above));
}
