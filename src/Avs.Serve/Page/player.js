// Plays all panels in step: the sound of the one that is listened to is the clock.
export class Player {
  constructor() {
    this.panels = [];
    this.heard = null;
    this.layer = 'overlay';
    this.button = document.getElementById('play');
    this.slider = document.getElementById('time');
    this.clock = document.getElementById('clock');
    this.button.addEventListener('click', () => this.toggle());
    this.slider.addEventListener('input', () => this.seek(Number(this.slider.value)));
    for (const choice of document.querySelectorAll('input[name=layer]'))
      choice.addEventListener('change', () => { this.layer = choice.value; this.draw(); });
    document.addEventListener('keydown', event => {
      if (event.key !== ' ' || event.target.closest('button, input, select, a, label')) return;
      event.preventDefault();
      this.toggle();
    });
  }

  get isPlaying() { return this.heard !== null && !this.heard.audio.paused && !this.heard.audio.ended; }
  get time() { return this.heard?.audio.currentTime ?? 0; }

  clear() {
    this.panels.forEach(panel => panel.audio.pause());
    this.panels = [];
    this.heard = null;
    this.draw();
  }

  add(panel) {
    this.panels.push(panel);
    for (const event of ['play', 'pause', 'ended', 'seeked', 'loadedmetadata']) panel.audio.addEventListener(event, () => this.draw());
  }

  remove(panel) {
    panel.audio.pause();
    this.panels = this.panels.filter(other => other !== panel);
    if (panel === this.heard) this.listen(this.panels.findLast(other => other.isReady) ?? null);
  }

  // Another sound goes on where the former one was.
  listen(panel) {
    const [before, time, playing] = [this.heard, this.time, this.isPlaying];
    before?.audio.pause();
    this.heard = panel;
    if (panel !== null) {
      panel.radio.checked = true;
      panel.audio.currentTime = time;
      if (playing) panel.audio.play();
    }
    for (const other of this.panels) other.element.classList.toggle('heard', other === panel && this.panels.length > 1);
    this.draw();
  }

  toggle() {
    if (this.heard === null) return;
    if (this.isPlaying) { this.heard.audio.pause(); return; }
    if (this.heard.audio.ended) this.heard.audio.currentTime = 0;
    this.heard.audio.play();
  }

  seek(time) {
    if (this.heard === null) return;
    this.heard.audio.currentTime = time;
    this.draw(time);
  }

  draw(time = this.time) {
    const length = this.heard?.seconds ?? 0;
    this.button.disabled = this.slider.disabled = this.heard === null;
    this.button.textContent = this.isPlaying ? 'Pause' : 'Play';
    this.slider.max = Math.max(1, length);
    this.slider.value = time;
    this.slider.setAttribute('aria-valuetext', `${time.toFixed(1)} of ${length} seconds`);
    this.clock.textContent = `${clock(time)} / ${clock(length)}`;
    for (const panel of this.panels) panel.show(this.layer, time);
    if (this.isPlaying && !this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => { this.waiting = false; this.draw(); });
    }
  }
}

function clock(seconds) { return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`; }
