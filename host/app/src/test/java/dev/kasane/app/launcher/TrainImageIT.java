package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops runs in every way that a process can be stopped: whatever goes on ends in the bytes of one left alone. */
class TrainImageIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final int STEPS = 16;
  /** Everything that is random about a run, at once. */
  private static final List<String> RANDOM = List.of("--method-option", "dropout=0.1", "--accumulate", "2",
      "--shuffle-captions", "--caption-dropout", "0.3", "--tag-dropout", "0.2", "--flip", "0.5",
      "--text-targets", "attn", "--noise-offset", "0.05", "--lr-schedule", "cosine", "--warmup", "3");

  @TempDir
  private static Path folder;

  private static TrainingRun alone;

  @BeforeAll
  static void trainsWithoutBeingStopped() throws IOException, InterruptedException {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "the launcher is a shell script");
    Path data = Files.createDirectories(folder.resolve("data"));
    for (int i = 1; i <= 6; i++) {
      for (String kind : List.of("png", "txt")) {
        Path from = ROOT.resolve(String.format("sample-images/%03d.%s", i, kind));
        Files.copy(from, data.resolve(from.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    alone = run("alone", "--sample-every", "5", "--sample-steps", "2", "--sample-prompt", "ink");
    KasaneProcess.Run run = alone.toTheEnd();

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines()).containsExactly(alone.out().resolve("run.safetensors").toString(),
        alone.out().resolve("loss.png").toString(), alone.out().resolve("before-after.png").toString());
    assertThat(alone.steps()).containsExactlyElementsOf(LongStream.rangeClosed(1, STEPS).boxed().toList());
    assertThat(alone.lossLog().lines().filter(line -> line.contains("NaN"))).hasSize(4);
    assertThat(alone.checkpoints()).containsExactly(String.format("finished-%08d.safetensors", STEPS));
  }

  private static TrainingRun run(String name, String... more) {
    List<String> options = new ArrayList<>(List.of(
        "--base", ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny").toString(),
        "--data", folder.resolve("data").toString(), "--cache", folder.resolve("cache").toString(),
        "--name", "run", "--steps", "" + STEPS, "--batch-size", "2", "--rank", "2", "--validation", "0.2",
        "--validate-every", "4", "--checkpoint-every", "3"));
    options.addAll(RANDOM);
    options.addAll(List.of(more));
    return new TrainingRun(folder.resolve("home-" + name), folder.resolve(name), options);
  }

  private static void assertSameAsAlone(TrainingRun run) throws IOException {
    assertThat(run.adapter()).isEqualTo(alone.adapter());
    assertThat(run.lossLog()).isEqualTo(alone.lossLog());
    assertThat(run.checkpoints()).isEqualTo(alone.checkpoints());
  }

  /** It draws no sample pictures either, so that drawing them is shown to change nothing. */
  @Test
  void aRunThatIsKilledEndsInTheSameBytes() throws IOException, InterruptedException {
    TrainingRun run = run("killed", "--no-samples");
    Random random = new Random(11);
    int killed = 0;
    for (long step = 2; step < STEPS; step += 4 + random.nextInt(3)) {
      Process process = run.upToStep(step);
      process.destroyForcibly().waitFor();
      killed += run.isFinished() ? 0 : 1;
    }
    assertThat(killed).isGreaterThanOrEqualTo(2);
    assertThat(run.checkpoints()).isNotEmpty();

    assertThat(run.toTheEnd().code()).isZero();
    assertSameAsAlone(run);
  }

  @Test
  void aRunWhoseNewestCheckpointIsDamagedGoesOnFromTheOneBefore() throws IOException, InterruptedException {
    TrainingRun run = run("damaged", "--no-samples");
    run.upToStep(8).destroyForcibly().waitFor();
    assertThat(run.checkpoints()).hasSize(2);
    Path newest = run.out().resolve("checkpoints").resolve(run.checkpoints().get(1));
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 4;
    Files.write(newest, bytes);

    KasaneProcess.Run rest = run.toTheEnd();
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(rest.err()).containsOnlyOnce(newest + ": is damaged").contains("from the one before, of step");
    assertSameAsAlone(run);
  }

  @Test
  void aRunThatIsInterruptedSaysHowToGoOn() throws IOException, InterruptedException {
    TrainingRun run = run("interrupted", "--no-samples");
    Process process = run.upToStep(2);
    process.destroy();
    KasaneProcess.Run stopped = new KasaneProcess(run.folder()).end(process);

    assertThat(stopped.code()).isEqualTo(128 + 15);
    assertThat(stopped.out()).isEmpty();
    assertThat(stopped.err()).contains("Interrupted after step " + run.steps().size(), "same command again")
        .doesNotContain("\tat ", "internal error");
    assertThat(run.checkpoints())
        .contains(String.format("checkpoint-%08d.safetensors", run.steps().size()));

    KasaneProcess.Run rest = run.toTheEnd();
    assertThat(rest.code()).as(rest.err()).isZero();
    assertSameAsAlone(run);
  }

  /** A limit on the size of files makes a disk that is full for everything large. */
  @Test
  void aRunThatCannotSaveKeepsWhatItHasAndGoesOn() throws IOException, InterruptedException {
    TrainingRun run = run("full", "--no-samples");
    // In blocks of 512 bytes: room for the adapter, which is tried before anything is trained, and for no checkpoint.
    int blocks = alone.adapter().length * 3 / 2 / 512;
    List<String> limited =
        new ArrayList<>(List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"));
    limited.addAll(run.command());
    KasaneProcess.Run full = run.run(limited);

    assertThat(full.code()).isEqualTo(1);
    assertThat(full.out()).isEmpty();
    assertThat(full.err()).contains("kasane: Checkpoint of step 3 cannot be written", "Free some space")
        .doesNotContain("\tat ", "internal error");
    assertThat(run.checkpoints()).isEmpty();
    assertThat(run.isFinished()).isFalse();

    assertThat(run.toTheEnd().code()).isZero();
    assertSameAsAlone(run);
  }

  /** Rank 256 makes factors of 4,096 numbers and more, whose averages are in 8 bits. */
  private static TrainingRun onNf4(String name, String... more) {
    List<String> options = new ArrayList<>(List.of(
        "--base", ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny").toString(),
        "--data", folder.resolve("data").toString(), "--cache", folder.resolve("cache").toString(),
        "--name", "run", "--steps", "8", "--rank", "256", "--checkpoint-every", "2", "--no-samples",
        "--base-type", "nf4", "--optimizer", "adamw8bit"));
    options.addAll(List.of(more));
    return new TrainingRun(folder.resolve("home-" + name), folder.resolve(name), options);
  }

  @Test
  void aRunOnNf4WithAveragesIn8BitsAndOnDiskGoesOnToTheSameBytes() throws IOException, InterruptedException {
    TrainingRun whole = onNf4("nf4");
    KasaneProcess.Run end = whole.toTheEnd();
    assertThat(end.code()).as(end.err()).isZero();
    TrainingRun paged = onNf4("nf4-paged", "--paged-optimizer", folder.toString());
    paged.upToStep(3).destroyForcibly().waitFor();
    assertThat(paged.isFinished()).isFalse();
    assertThat(paged.checkpoints()).isNotEmpty();

    KasaneProcess.Run rest = paged.toTheEnd();
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(paged.adapter()).isEqualTo(whole.adapter());
    assertThat(paged.lossLog()).isEqualTo(whole.lossLog());
    try (var files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".states"))).isEmpty();
    }
  }

  @Test
  void aFinishedRunIsNotOverwrittenUnlessAsked() throws IOException, InterruptedException {
    byte[] before = alone.adapter();
    KasaneProcess.Run again = alone.toTheEnd();

    assertThat(again.code()).isEqualTo(1);
    assertThat(again.out()).isEmpty();
    assertThat(again.err()).contains("finished run", alone.out().resolve("run.safetensors").toString(),
        "--overwrite").doesNotContain("\tat ");
    assertThat(alone.adapter()).isEqualTo(before);
  }
}
