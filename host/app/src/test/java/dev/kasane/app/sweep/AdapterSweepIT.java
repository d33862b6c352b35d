package dev.kasane.app.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short {@link AdapterSweep}: with the seeds of a long one's beginning, so that what it finds can be tried there.
 * The property {@code kasane.sweep} makes it as long as wanted, {@code kasane.sweep.seed} begins elsewhere.
 */
class AdapterSweepIT {
  private static final int SHORT = 150;

  @TempDir
  private Path kept;

  @Test
  void noDamagedFileDoesHarm() throws IOException {
    int count = Integer.getInteger("kasane.sweep", SHORT);
    long first = Long.getLong("kasane.sweep.seed", 0);
    try (AdapterSweep sweep = new AdapterSweep(Path.of(System.getProperty("kasane.root")), kept)) {
      for (long seed = first; seed < first + count; seed++) {
        sweep.run(seed);
      }
      assertThat(sweep.offences()).isEmpty();
      // Were all files refused, or none, the sweep would have tried nothing.
      assertThat(sweep.counts()).containsKeys("inspect: done", "inspect: refused", "convert to kohya: done",
          "convert to kohya: refused", "convert to peft: done", "convert to diffusers: done", "mix by cat: done",
          "mix by linear: done", "mix by svd: done", "resize: done", "train: done", "train: refused");
    }
  }
}
