// What is told instead of a picture, asked for once somebody comes near it.

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      seen.unobserve(target)
      tell(target)
    }
  },
  { rootMargin: '400px' },
)

async function tell(place) {
  try {
    const response = await fetch(place.dataset.told)
    place.textContent = (await response.text()).slice(0, 1500)
  } catch {
    place.textContent = 'No answer'
  }
}

for (const place of document.querySelectorAll('[data-told]')) seen.observe(place)
