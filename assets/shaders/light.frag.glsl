//VTK::System::Dec
out vec4 fragOutput0;
//VTK::CustomUniforms::Dec
//SAMPLERS
//INCLUDE common.glsl
//INCLUDE screen.glsl
//INCLUDE haze.glsl
//INCLUDE project.glsl
//INCLUDE surface.glsl
#ifdef BORES
//INCLUDE bore.glsl
//INCLUDE scorch.glsl
#endif
//INCLUDE stars.glsl
//INCLUDE material.glsl
//INCLUDE rows.glsl
//INCLUDE ends.glsl
//INCLUDE edges.glsl
#ifdef CUTS
//INCLUDE section.glsl
//INCLUDE cut.glsl
//INCLUDE mist.glsl
#endif
#ifdef LAMPS
//INCLUDE lamps.glsl
#endif
#ifdef WET
//INCLUDE water.glsl
#endif
#ifdef BEAM
//INCLUDE beam.glsl
#endif
#if defined(INK) || defined(CONTOURS)
//INCLUDE contour.glsl
#endif
#ifdef INK
//INCLUDE ink.glsl
#endif
in vec2 uv;

// What changes softly is drawn at half size: the four nearest of like depth (metres), between them.
void softly(vec2 at, float depth, out vec4 near_, out vec4 between, out float known)
{
  ivec2 size = textureSize(soft, 0); vec2 p = at * vec2(size) - 0.5;
  ivec2 c = ivec2(floor(p)); vec2 f = p - floor(p);
  float weight = 1e-6, least = 25.0 / depth;
  near_ = vec4(0.0); between = vec4(0.0); known = 0.0;
  for (int j = 0; j < 2; j++) for (int i = 0; i < 2; i++)
  {
    ivec2 there = clamp(c + ivec2(i, j), ivec2(0), size - 1);
    vec4 o = texelFetch(soft, there, 0);
    float w = max(1.0 - abs(o.r - depth) * least, 1e-3);
    w *= (i == 0 ? 1.0 - f.x : f.x) * (j == 0 ? 1.0 - f.y : f.y) + 1e-3;
    near_ += o * w; weight += w;
#if defined(FALL) || defined(LAMPS)
    vec4 a = texelFetch(air, there, 0); float whole = floor(a.a);
    between += vec4(a.rgb, a.a - whole) * w; known += whole * w;
#endif
  }
  near_ /= weight; between /= weight; known /= 1023.0 * weight;
}

#ifdef RAYS
// What rays have gathered for the whole picture, more coarsely: between the four nearest, by depth.
vec3 gatheredAt(float inverse)
{
  ivec2 size = textureSize(gathered, 0);
  vec2 whole = (lens.zw + 1.0) / pixelShare + 2.0 * origin;
  vec2 p = (gl_FragCoord.xy + origin) / whole * vec2(size) - 0.5;
  ivec2 c = ivec2(floor(p)); vec2 f = p - floor(p);
  vec3 sum = vec3(0.0); float weight = 1e-6;
  for (int j = 0; j < 2; j++) for (int i = 0; i < 2; i++)
  {
    vec4 o = texelFetch(gathered, clamp(c + ivec2(i, j), ivec2(0), size - 1), 0);
    float w = max(1.0 - 25.0 * abs(1.0 - o.a / inverse), 1e-3) * step(1e-30, o.a);
    w *= (i == 0 ? 1.0 - f.x : f.x) * (j == 0 ? 1.0 - f.y : f.y) + 1e-3;
    sum += o.rgb * w; weight += w;
  }
  return sum / weight;
}
#endif

#ifdef CUTS
// A cut's face is drawn as architects do: black, within a fine bright line.
vec3 rim(ivec2 c, ivec2 size)
{
  float beside = 0.0;
  for (int i = 0; i < 4; i++)
  {
    ivec2 o = i < 2 ? ivec2(2 * i - 1, 0) : ivec2(0, 2 * i - 5);
    float form = floor(texelFetch(gbuffer, clamp(c + o, ivec2(0), size - 1), 0).r / 4194304.0);
    beside = max(beside, form == CUT_FACE ? 0.0 : 1.0);
  }
  return sectionRim * beside;
}
#endif

// What stands before a face hides where that ends; what lies beside it in a corner does not.
vec4 endsSeen(vec4 ends, ivec2 c, float inverse)
{
  vec4 beside = vec4(texelFetch(gbuffer, c - ivec2(1, 0), 0).g, texelFetch(gbuffer, c + ivec2(1, 0), 0).g,
                     texelFetch(gbuffer, c - ivec2(0, 1), 0).g, texelFetch(gbuffer, c + ivec2(0, 1), 0).g);
  return mix(ends, vec4(2.0), greaterThan(beside * 0.98, vec4(inverse)));
}

void main()
{
  ivec2 size = textureSize(gbuffer, 0);
  ivec2 c = ivec2(uv * vec2(size));
  vec4 g = texelFetch(gbuffer, c, 0);
  mat3 toWorld = transpose(toView);
  vec3 dir = normalize(toWorld * (parallel > 0.5 ? vec3(0.0, 0.0, -1.0) : viewPoint(uv, 1.0)));
  float day = daylight(hour + eyePhase, duty);
#ifdef INSIDE
  vec3 air = hazeColour(dir, day);
#else
  vec3 air = vec3(0.010, 0.014, 0.019) * gain;
#endif
  vec3 colour;
  if (g.g <= 0.0)
  {
#ifdef INSIDE
    colour = air;
#else
    vec3 starDir = parallel > 0.5 ? normalize(toWorld * vec3((uv * 2.0 - 1.0 - lens.zw) / lens.xy * (lens.y / tiled) * 0.3, -1.0)) : dir;
    colour = vec3(0.0022, 0.003, 0.0042) + stars(starDir, galaxy(starDir));
#endif
#ifdef INK
    colour = inkSky(uv);
#endif
#ifdef BEAM
    vec4 shot = beamIn(dir, 1e13);
    colour = mix(colour, BEAM_DUST * (0.25 + 0.75 * day) * 0.8 * gain, shot.a) + shot.rgb * gain;
#endif
    fragOutput0 = vec4(colour, -ENDLESS);
    return;
  }
  float form; vec3 n = unpackNormal(g.r, form);
  vec3 view = viewPoint(uv, g.g);
  vec3 x = toWorld * view;
  float far = parallel > 0.5 ? -view.z : length(view);
  float pixel = pixelAngle * (parallel > 0.5 ? 1.0 : -view.z);
  vec4 near_, between; float known; softly(uv, 1.0 / g.g, near_, between, known);
  float open = near_.g;
  vec3 sight = parallel > 0.5 ? -toWorld[2] : x / far;
  Row part = rowAt(g.b);
  vec2 step_ = 2.0 * jointPixels / (vec2(size) * lens.xy) * (parallel > 0.5 ? 1.0 : -view.z);
  float facing = dot(n, sight); facing = facing < 0.0 ? min(facing, -0.02) : max(facing, 0.02);
  vec3 right = toWorld[0] * step_.x, above = toWorld[1] * step_.y;
  right -= sight * (dot(n, right) / facing); above -= sight * (dot(n, above) / facing);
  vec3 middle = part.middle + anchor; middle += transpose(toView) * pulledApart(toView * middle);
  vec3 own = part.own * (x - middle), outward = part.own * n * part.size;
  Spot spot = Spot(own, part.own * sight, part.own * right, part.own * above, part.size);
  Face face = faceOf(own, outward, spot.right, spot.above, part.size, form, pixel);
  spot.right /= jointPixels; spot.above /= jointPixels;
  float edges = packEnds(endsSeen(endsAt(spot, outward, form, part.sides, g.a), c, g.g), g.a);
  float seed = part.look.z;
  if (part.size.x > 0.0) seed += 256.0 * floor(log2(part.size.x + 1e-9) * 7.0) + 31.0 * floor(log2(part.size.z + 1e-9) * 5.0);
  float kind, joints, opening;
#ifdef FALL
  fallen = near_.a;
#ifdef INK
  fallen *= daylight(hour + part.look.w / 256.0 * 24.0, duty);                  // a page is lit by night, too, but nothing falls then: it fades, and does not go out
#endif
#endif
#ifdef RAYS
  gatheredHere = gatheredAt(g.g);
  open = mix(1.0, open, 0.45);                              // rays see what stands about: only what is finer than they are is left
#endif
  colour = shaded(x, n, sight, face, part.look, seed, kind, joints, opening);
#ifdef INK
  vec4 page = vec4(luminance(colour) / gain, max(joints, opening * 0.6), hatch(face, x, n));
#endif
#ifdef CUTS
  if (form == CUT_FACE)
  {
    kind = SECTION;
    colour = section(x, n, pixel, part.look.xw) + rim(c, size) * gain;
#ifdef PLANET
    if (int(part.look.x + 0.5) == 15) colour = mantle(length(x - centre) / planetRadius) * gain + rim(c, size) * gain;
#endif
#ifdef INK
    page = vec4(1.0, 1.15 - luminance(colour) / gain * 2.6, 1.0, 1.0);
#endif
  }
#endif
#ifdef BEAM
  if (kind == LIT) colour += beamOn(x, n) * surface * gain;
#endif
#ifdef LAMPS
  if (kind == LIT) colour += lampsOn(x, n) * surface * mix(1.0, 0.35, day) * gain;
#endif
#ifdef WET
  if (int(part.look.x + 0.5) == WATER && kind == LIT) colour += mirrored(x, n, sight, face, day) * gain;
#endif
  if (kind != GLOWING) colour *= mix(0.06, 1.0, open * open);
  float thick = hazeDepth(x, far) * (0.70 + 0.60 * near_.b), haze = 1.0 - exp(-thick);
#ifdef FALL
  float gust = day * lightShafts * mix(0.2, 1.0, fallRoofed);
  gust *= known;
  float shaft = 1.0 - exp(-5.0 * between.a);
  float veil = gust * shaft * (1.0 - exp(-far / min(hazeLength, fallReach)));
#endif
#if defined(INK) && defined(FALL) && !defined(LINES)
  haze = clamp(haze + 0.85 * veil, 0.0, 1.0);                // a shaft is left white
#endif
#ifdef INK
  fragOutput0 = vec4(inked(c, g, n, upAt(x), kind, page, open, haze), edges);
  return;
#endif
#ifdef FALL
  air *= mix(1.0, 0.80 + 0.44 * shaft, min(gust, 1.0));      // no darker: shade in thin air is seen by what is lit beside it
#endif
  float through = exp(-thick * (kind == GLOWING ? 0.7 : 1.0));
  colour = colour * through + air * haze * (inside > 0.5 ? mix(1.0, hazeGlow(haze), 0.35 + 0.65 * day) : 1.0);
#ifdef FALL
  colour += lightCeiling * (0.34 * veil * (1.0 - 0.85 * haze) * gain);
#endif
#ifdef CUTS
  if (inside < 0.5 && kind != SECTION)
  {
    vec4 between = mist(parallel > 0.5 ? x - dir * far : vec3(0.0), x, far);
    colour = mix(colour, between.rgb * gain, between.a * (kind == GLOWING ? 0.6 : 1.0));
  }
#endif
#ifdef CONTOURS
  colour = mix(colour, lineInk * lineInk * gain, contour(c, g, n, 1, 1.0) * lineWeight * (1.0 - haze));
#endif
#ifdef LAMPS
  colour += between.rgb * gain;
#endif
#ifdef BEAM
  vec4 shot = beamIn(dir, far);
  colour = mix(colour, BEAM_DUST * (0.25 + 0.75 * day) * 0.8 * gain, shot.a) + shot.rgb * gain;
#endif
  fragOutput0 = vec4(min(colour, vec3(40.0)), edges);
}
