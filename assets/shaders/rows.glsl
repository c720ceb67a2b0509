// The table of parts: three texels a row, 1024 rows a line. Plates have rows too, without a size.
// Metres from the anchor; world to the part's axes; material, exposure, tint, phase; how many sides a prism or drum has.
struct Row { vec3 middle; vec3 size; mat3 own; vec4 look; float sides; };

Row rowAt(float number)
{
  int i = int(number);
  ivec2 at = ivec2((i & 1023) * 3, i >> 10);
  vec4 a = texelFetch(rows, at, 0), q = texelFetch(rows, at + ivec2(1, 0), 0), b = texelFetch(rows, at + ivec2(2, 0), 0);
  Row r;
  r.middle = a.xyz; r.size = b.xyz;
  r.sides = floor(a.w / 65536.0);
  r.look = vec4(mod(a.w, 256.0), mod(b.w, 256.0), floor(b.w / 256.0), mod(floor(a.w / 256.0), 256.0));
  vec3 v = q.yzw, d = v + v;
  r.own = mat3(1.0 - v.y * d.y - v.z * d.z, v.x * d.y - q.x * d.z, v.x * d.z + q.x * d.y,
               v.x * d.y + q.x * d.z, 1.0 - v.x * d.x - v.z * d.z, v.y * d.z - q.x * d.x,
               v.x * d.z - q.x * d.y, v.y * d.z + q.x * d.x, 1.0 - v.x * d.x - v.y * d.y);
  return r;
}
