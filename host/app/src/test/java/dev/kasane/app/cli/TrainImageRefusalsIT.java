package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What {@code kasane train image} makes of bad input, with the plugins of the built distribution. */
class TrainImageRefusalsIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path BASE = ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny");
  private static final String HOME = System.getProperty("kasane.home");

  @TempDir
  private static Path cache;

  @TempDir
  private Path folder;

  private Path data;
  private StringWriter out;
  private StringWriter err;

  @BeforeAll
  static void useTheDistribution() {
    System.setProperty("kasane.home", ROOT.resolve("host/app/target/kasane").toString());
  }

  @AfterAll
  static void leaveIt() {
    if (HOME == null) {
      System.clearProperty("kasane.home");
    } else {
      System.setProperty("kasane.home", HOME);
    }
  }

  @BeforeEach
  void copyPictures() throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    for (String name : List.of("001.png", "001.txt", "002.png", "002.txt", "003.png", "003.txt")) {
      Files.copy(ROOT.resolve("sample-images").resolve(name), data.resolve(name));
    }
  }

  private int train(String... more) {
    Map<String, String> usual = new TreeMap<>(Map.of("--data", data.toString(), "--cache", cache.toString(),
        "--name", "run", "--batch-size", "2", "--base", BASE.toString(), "--out", folder.resolve("out").toString(),
        "--steps", "2", "--rank", "2", "--sample-every", "0"));
    for (String word : more) {
      usual.remove(word.split("=")[0]);
    }
    if (List.of(more).contains("--recipe") || more.length > 0 && more[0].startsWith("--epochs")) {
      usual.remove("--steps");
    }
    List<String> arguments = new ArrayList<>(List.of("train", "image", "--no-samples"));
    usual.forEach((name, value) -> arguments.addAll(List.of(name, value)));
    arguments.addAll(List.of(more));
    out = new StringWriter();
    err = new StringWriter();
    CommandLine commandLine = KasaneCommand.commandLine("train")
        .setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new CommandRunner(commandLine).run(arguments.toArray(String[]::new));
  }

  private void refuses(List<String> words, String... more) {
    int code = train(more);
    assertThat(err.toString()).contains(words).contains("kasane: ")
        .doesNotContain("\tat ", "internal error", "Exception");
    assertThat(code).isBetween(1, 2);
    assertThat(out.toString()).isEmpty();
    assertThat(folder.resolve("out/run.safetensors")).doesNotExist();
  }

  private void trains(String... more) {
    assertThat(train(more)).as(() -> err.toString()).isZero();
    assertThat(out.toString().lines()).allSatisfy(line -> assertThat(Path.of(line)).isRegularFile());
  }

  private byte[] adapter(String out) throws IOException {
    return Files.readAllBytes(folder.resolve(out).resolve("run.safetensors"));
  }

  @Test
  void anEmptyFolder() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    refuses(List.of("empty"), "--data", empty.toString());
    refuses(List.of("nowhere"), "--data", folder.resolve("nowhere").toString());
    Files.write(empty.resolve("001.png"), new byte[0]);
    refuses(List.of("001.png", "only unreadable ones"), "--data", empty.toString());
  }

  @Test
  void aMissingCaption() throws IOException {
    Files.delete(data.resolve("002.txt"));
    refuses(List.of("002.png", "caption"));
    trains("--allow-missing-captions");
    trains("--out", folder.resolve("other").toString(), "--allow-missing-captions", "--shuffle-captions");
  }

  @Test
  void aPictureWithoutBytes() throws IOException {
    Files.write(data.resolve("004.png"), new byte[0]);
    Files.writeString(data.resolve("004.txt"), "nothing");
    refuses(List.of("004.png"));
    trains("--allow-unreadable");
  }

  @Test
  void aCaptionThatIsNotUtf8() throws IOException {
    Files.write(data.resolve("002.txt"), "caf\u00e9 noir".getBytes(StandardCharsets.ISO_8859_1));
    refuses(List.of("002.txt", "UTF-8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet/config.json", "unet/diffusion_pytorch_model.safetensors", "tokenizer/merges.txt",
      "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"})
  void aBaseWithAFileMissing(String missing) throws IOException {
    Path base = folder.resolve("base");
    try (Stream<Path> files = Files.walk(BASE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = base.resolve(BASE.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Files.delete(base.resolve(missing));
    refuses(List.of(Path.of(missing).getParent().toString()), "--base", base.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--steps=0", "--steps=x", "--epochs=0", "--batch-size=0", "--accumulate=0",
      "--learning-rate=0", "--learning-rate=NaN", "--lr-schedule=step", "--warmup=-1", "--weight-decay=-1",
      "--beta1=1", "--beta2=-0.1", "--epsilon=0", "--max-grad-norm=NaN", "--checkpoint-every=0", "--flip=1.5",
      "--validation=0.9", "--caption-dropout=2", "--tag-dropout=-1", "--keep-tokens=-1", "--resolution=7",
      "--resolution=1000000", "--bucket-step=0", "--bucket-step=12", "--background=red", "--min-snr-gamma=-1",
      "--noise-offset=2", "--prior-weight=-1", "--min-timestep=1000", "--max-timestep=1001", "--clip-skip=9",
      "--clip-skip=-1", "--sample-steps=0", "--sample-cfg=NaN", "--sample-every=-1", "--validate-every=0",
      "--name=a/b", "--dtype=int3", "--save-dtype=float128", "--method=lara", "--rank=0", "--alpha=-1",
      "--format=zip", "--prediction-type=x", "--targets=to_x", "--text-targets=to_x", "--text-learning-rate=1e-5", "--method-option=ranc=4",
      "--rank-pattern=to_x=4", "--bath-size=2"})
  void anOptionOutOfRange(String option) {
    String name = option.substring(2, option.indexOf('='));
    String value = option.substring(option.indexOf('=') + 1).split("=")[0];
    assertThat(train(option)).as(() -> err.toString()).isBetween(1, 2);
    String message = err.toString().lines().findFirst().orElse("");
    assertThat(message).startsWith("kasane: ").doesNotContain("only once");
    // A word that is wrong says which option was meant; a number does not.
    assertThat(message.contains(name) || value.length() > 2 && message.contains(value)).as(message).isTrue();
    assertThat(err.toString()).doesNotContain("\tat ", "internal error", "Exception");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aRecipeWithAnUnknownKey() throws IOException {
    Path recipe = Files.writeString(folder.resolve("recipe.yaml"), "steps: 2\nlearning-rat: 1e-4\n");
    refuses(List.of("recipe.yaml", "learning-rat", "learning-rate"), "--recipe", recipe.toString());
  }

  @Test
  void anOutputFolderBelowAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    refuses(List.of(file.toString(), "--out"), "--out", file.resolve("out").toString());
    refuses(List.of(file.toString(), "--cache"), "--cache", file.resolve("cache").toString());
  }

  @Test
  void anOutputFolderThatMayNotBeWritten() throws IOException {
    Path locked = Files.createDirectories(folder.resolve("locked"));
    assumeTrue(locked.toFile().setWritable(false));
    assumeFalse(Files.isWritable(locked), "this user may write everywhere");
    refuses(List.of(locked.toString(), "--out"), "--out", locked.resolve("out").toString());
    refuses(List.of(locked.toString(), "--out"), "--out", locked.toString());
  }

  @Test
  void aCheckpointOfOtherSettings() throws IOException {
    Files.createDirectories(folder.resolve("out/loss.png"));
    refusesToFinish("--seed", "1");
    refuses(List.of("checkpoint-00000002", "other settings"), "--seed", "2");
  }

  /** A folder in the way of the plot stands for whatever ends a process between its last step and its end. */
  private void refusesToFinish(String... more) throws IOException {
    assertThat(train(more)).isEqualTo(1);
    assertThat(err.toString()).contains("loss.png").doesNotContain("\tat ", "internal error");
    Files.delete(folder.resolve("out/run.safetensors"));
  }

  @Test
  void aRunThatEndedBetweenItsLastStepAndItsEndIsFinished() throws IOException {
    trains("--out", folder.resolve("whole").toString());
    Files.createDirectories(folder.resolve("out/loss.png"));
    refusesToFinish();
    Files.delete(folder.resolve("out/loss.png"));
    trains();
    assertThat(adapter("out")).isEqualTo(adapter("whole"));
    assertThat(folder.resolve("out/checkpoints")).isDirectoryNotContaining("glob:**checkpoint-*");
    assertThat(Files.readString(folder.resolve("out/loss.csv")))
        .isEqualTo(Files.readString(folder.resolve("whole/loss.csv")));
  }

  @Test
  void aFinishedRunThatIsAskedForMoreStepsEndsAsALongOne() throws IOException {
    trains("--out", folder.resolve("long").toString(), "--steps", "5", "--no-keep-checkpoint");
    assertThat(folder.resolve("long/checkpoints")).doesNotExist();
    trains();
    refusesAgain();
    assertThat(err.toString()).contains("after 2 steps", "--steps");
    assertThat(train("--steps", "4", "--seed", "3")).isEqualTo(1);
    assertThat(err.toString()).contains("finished run", "other settings");
    trains("--steps", "3");
    assertThat(err.toString()).contains("goes on from step 2");
    assertThat(train("--steps", "2")).isEqualTo(1);
    trains("--epochs", "3", "--steps", "5");
    assertThat(adapter("out")).isEqualTo(adapter("long"));
    assertThat(Files.readString(folder.resolve("out/loss.csv")))
        .isEqualTo(Files.readString(folder.resolve("long/loss.csv")));
    Files.delete(folder.resolve("out/run.safetensors"));
    assertThat(train("--steps", "6", "--seed", "3")).as("the checkpoint is another run's").isEqualTo(1);
    assertThat(err.toString()).contains("finished run", "checkpoints", "--overwrite");
    trains("--steps", "5");
    assertThat(adapter("out")).as("written again").isEqualTo(adapter("long"));
  }

  @Test
  void aRunWhoseRateDependsOnItsLengthIsNotMadeLonger() throws IOException {
    trains("--lr-schedule", "cosine");
    assertThat(train("--lr-schedule", "cosine", "--steps", "3")).isEqualTo(1);
    assertThat(err.toString()).contains("finished run", "--lr-schedule");
    byte[] before = adapter("out");
    trains("--lr-schedule", "cosine", "--steps", "3", "--overwrite");
    assertThat(adapter("out")).isNotEqualTo(before);
  }

  @Test
  void anAdapterBesideACheckpointIsOfARunThatIsNotFinished() throws IOException {
    Files.createDirectories(folder.resolve("out/loss.png"));
    assertThat(train()).isEqualTo(1);
    Files.delete(folder.resolve("out/loss.png"));
    trains();
    refusesAgain();
  }

  private void refusesAgain() {
    assertThat(train()).isEqualTo(1);
    assertThat(err.toString()).contains("finished run", "--overwrite");
  }

  @Test
  void aSavedRecipeTrainsTheSame() throws IOException {
    Path recipe = folder.resolve("recipe.yaml");
    trains("--out", folder.resolve("first").toString(), "--steps", "3", "--save-recipe", recipe.toString(),
        "--method-option", "dropout=0.1", "--learning-rate", "0.01", "--min-snr-gamma", "5", "--seed", "9");
    assertThat(recipe).content().contains("rank: 2\n", "alpha: 0\n", "bucket-step: 16\n")
        .containsPattern("resolution: \\d+\n");
    trains("--out", folder.resolve("second").toString(), "--recipe", recipe.toString());
    assertThat(adapter("second")).isEqualTo(adapter("first"));
  }

  @Test
  void clipSkipLeavesTheLastTextLayersUntrained() {
    trains("--text-targets", "attn", "--clip-skip", "1");
  }

  @Test
  void theTextEncoderCanHaveALearningRateOfItsOwn() throws IOException {
    List<byte[]> adapters = new ArrayList<>();
    for (String rate : List.of("1e-4", "1e-5", "1e-4")) {
      String out = "rate-" + adapters.size();
      trains("--out", folder.resolve(out).toString(), "--text-targets", "attn", "--text-learning-rate", rate);
      adapters.add(adapter(out));
    }
    assertThat(adapters.get(1)).isNotEqualTo(adapters.get(0));
    assertThat(adapters.get(2)).isEqualTo(adapters.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"float16", "bfloat16"})
  void trainsInHalfPrecision(String type) {
    trains("--dtype", type, "--text-targets", "attn", "--gradient-checkpointing");
  }
}
