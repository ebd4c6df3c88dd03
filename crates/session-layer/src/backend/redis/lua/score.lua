
-- A score in the set of the live: when to look at a session, in ms, and in the fraction how long it will
-- have lived by then, for when it is looked at it may be gone. In steps of 2 %, of which the first is a
-- second and the last 19 years, and each a 1024th: a score is a double, which has the ten bits to spare
-- until the year 2248. Without a fraction, as earlier versions wrote them, nobody knows.
local STEP, STEPS = math.log(1.02), 1024

local function score_of(due, lived)
  local step = 1 + math.floor(math.log(math.max(lived, 1000) / 1000) / STEP + 0.5)
  return due + math.min(step, STEPS - 1) / STEPS
end

-- In ms; nil if nobody knows.
local function lived_by(score)
  local step = math.floor(score % 1 * STEPS + 0.5)
  if step > 0 then return math.floor(1000 * math.exp((step - 1) * STEP) + 0.5) end
end
