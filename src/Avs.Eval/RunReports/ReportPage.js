'use strict';
// A line on the filmstrip follows the sound; one recording plays at a time.
const players = [...document.querySelectorAll('audio')];
for (const audio of players) {
  const strip = document.getElementById(audio.dataset.strip);
  const place = () => {
    strip.style.setProperty('--at', Math.min(1, audio.currentTime / Number(audio.dataset.seconds)));
    strip.toggleAttribute('data-playing', !audio.ended && (!audio.paused || audio.currentTime > 0));
    if (!audio.paused && !audio.ended) requestAnimationFrame(place);
  };
  audio.addEventListener('play', () => {
    for (const other of players) if (other !== audio) other.pause();
    place();
  });
  for (const event of ['pause', 'seeked', 'ended']) audio.addEventListener(event, place);
}
