package dev.kasane.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.app.launcher.KasaneProcess.Run;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.diffusion.picture.Picture;
import dev.kasane.diffusion.picture.PicturePng;
import dev.kasane.diffusion.picture.PictureReader;
import dev.kasane.diffusion.picture.PictureSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Draws with the tiny base as a user does: as a process, from the built distribution. */
class GenerateImageIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final Path TINY = ROOT.resolve("unet-attention/src/test/resources/golden/sd1-tiny");
  private static final Path ADAPTER =
      ROOT.resolve("plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");

  private static final int DEMO_WIDTH = 128;

  @TempDir
  private Path folder;

  @BeforeAll
  static void needsAShell() {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "the launcher is a shell script");
  }

  private Run draw(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("generate", "image", "--base", TINY.toString(), "--prompt",
        "a red cat", "--steps", "2", "--seed", "5"));
    all.addAll(Arrays.asList(arguments));
    return new KasaneProcess(folder).run(all.toArray(String[]::new));
  }

  @Test
  void theSameSeedGivesTheSameFileAndAnAdapterAnother() throws IOException, InterruptedException {
    Run plain = draw("--out", "plain.png");
    Run again = draw("--out", "again.png");
    Run adapted = draw("--out", "adapted.png", "--adapter", ADAPTER.toString());
    Run without = draw("--out", "without.png", "--adapter", ADAPTER + ":0");

    assertThat(List.of(plain, again, adapted, without)).allSatisfy(run -> {
      assertThat(run.err()).contains("seed 5");
      assertThat(run.code()).isZero();
    });
    assertThat(plain.out()).isEqualTo("plain.png\n");
    assertThat(folder.resolve("again.png")).hasSameBinaryContentAs(folder.resolve("plain.png"));
    assertThat(pixels("adapted.png")).isNotEqualTo(pixels("plain.png"));
    assertThat(pixels("without.png")).isEqualTo(pixels("plain.png"));
    assertThat(adapted.err()).contains("215 layers", "rank 2/4", "weight 1");
    assertThat(PicturePng.readText(folder.resolve("adapted.png")).get("parameters"))
        .startsWith("a red cat\nSteps: 2, Sampler: dpmpp-2m, CFG scale: 7.5, Seed: 5, Size: 64x64")
        .contains("Model: sd1-tiny", "Adapters: \"sd1-tiny-kohya:1\"", "Version: Kasane ");
  }

  private byte[] pixels(String name) {
    return new PictureReader().read(folder.resolve(name)).rgb();
  }

  @Test
  void severalPicturesAreNumberedAndNothingIsOverwritten() throws IOException, InterruptedException {
    Path taken = Files.writeString(folder.resolve("cat-2.png"), "mine");
    PicturePng.write(folder.resolve("start.png"), Picture.filled(50, 90, 0x3366cc), Map.of());

    Run run = draw("--prompt", "a blue dog", "--count", "2", "--size", "64x32", "--out", "cat.png", "--grid",
        "--init", "start.png", "--strength", "1", "--scheduler", "euler-ancestral", "--dtype", "bfloat16");

    assertThat(run.out().lines())
        .containsExactly("cat-3.png", "cat-4.png", "cat-5.png", "cat-6.png", "cat-grid.png");
    assertThat(run.code()).isZero();
    assertThat(taken).hasContent("mine");
    assertThat(new PictureReader().size(folder.resolve("cat-6.png"))).isEqualTo(new PictureSize(64, 32));
    assertThat(PicturePng.readText(folder.resolve("cat-6.png")).get("parameters"))
        .startsWith("a blue dog\n").contains("Seed: 6,", "Denoising strength: 1.0", "Precision: bfloat16");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
    }
  }

  @Test
  void theDemoBaseTakesLearnedWords() throws IOException, InterruptedException {
    float[] vectors = new float[2 * DEMO_WIDTH];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) Math.sin(i);
    }
    SafetensorsWriter.write(folder.resolve("swirl.safetensors"), List.of(TensorDeclaration.ofFloats("emb_params",
        DType.F32, new long[] {2, DEMO_WIDTH}, vectors)), Map.of());
    String[] command = {"generate", "image", "--prompt", "a red ball, swirl", "--steps", "1", "--seed", "5", "--out"};
    List<String> with = new ArrayList<>(List.of(command));
    with.addAll(List.of("with.png", "--embedding", "swirl.safetensors"));
    List<String> without = new ArrayList<>(List.of(command));
    without.add("without.png");

    Run learned = new KasaneProcess(folder).run(with.toArray(String[]::new));
    Run plain = new KasaneProcess(folder).run(without.toArray(String[]::new));

    assertThat(learned.code()).as(learned.err()).isZero();
    assertThat(plain.code()).as(plain.err()).isZero();
    assertThat(learned.err()).contains("swirl.safetensors: learned words swirl (2 tokens)");
    assertThat(pixels("with.png")).isNotEqualTo(pixels("without.png"));
  }

  @Test
  void failuresSayWhatIsWrongAndLeaveNothing() throws IOException, InterruptedException {
    Run noBase = new KasaneProcess(folder).run("generate", "image", "--prompt", "x", "--base", "none");
    Run badSize = draw("--size", "63x64");
    Run noAdapter = draw("--adapter", "none.safetensors");

    assertThat(noBase.code()).isEqualTo(1);
    assertThat(noBase.err()).startsWith("kasane: There is no base model none");
    assertThat(badSize.code()).isEqualTo(2);
    assertThat(badSize.err()).contains("--size is 63x64");
    assertThat(noAdapter.code()).isEqualTo(1);
    assertThat(noAdapter.err()).contains("There is no adapter file none.safetensors");
    assertThat(List.of(noBase, badSize, noAdapter)).allSatisfy(run -> assertThat(run.out()).isEmpty());
    assertThat(folder.resolve("kasane.png")).doesNotExist();
  }

  @Test
  void inspectsWithoutAnEngine() throws IOException, InterruptedException {
    byte[] whole = Files.readAllBytes(ADAPTER);
    Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, whole.length - 1));

    Run sound = new KasaneProcess(folder).run("inspect", "--json", ADAPTER.toString());
    Run damaged = new KasaneProcess(folder).run("inspect", "--json", cut.toString());

    assertThat(sound.code()).isZero();
    assertThat(sound.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(sound.out());
    assertThat(json.at("/format").asText()).isEqualTo("kohya");
    assertThat(damaged.code()).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(damaged.out()).at("/problems/0").asText())
        .contains("cut.safetensors");
  }
}
