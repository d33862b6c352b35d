package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import dev.kasane.diffusion.picture.PicturePng;
import dev.kasane.diffusion.picture.PictureReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Learned words in prompts; that prompts mean what they mean in diffusers is the diffusion module's test. */
class LearnedWordsIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final String PLUGINS = ROOT.resolve("host/app/target/kasane/plugins").toString();
  private static final Path GOLDEN = ROOT.resolve("unet-attention/src/test/resources/golden");
  private static final String BASE = GOLDEN.resolve("sd1-tiny").toString();
  private static final Path INK = GOLDEN.resolve("words/ink-style.pt");
  private static final Path BRUSH = GOLDEN.resolve("words/learned_embeds.safetensors");
  private static final Path ADAPTER =
      ROOT.resolve("plugins/kohya/src/test/resources/golden/sd1-tiny-kohya.safetensors");

  @TempDir
  private Path folder;

  private CommandHarness kasane = new CommandHarness();

  private int run(Object... arguments) {
    kasane = new CommandHarness();
    List<String> all = new ArrayList<>(Arrays.stream(arguments).map(Object::toString).toList());
    all.addAll(List.of("--plugins-dir", PLUGINS));
    return kasane.run(all.toArray(String[]::new));
  }

  private int draw(String name, String prompt, Object... more) {
    List<Object> all = new ArrayList<>(List.of("generate", "image", "--base", BASE, "--prompt", prompt, "--steps",
        "1", "--seed", "5", "--out", folder.resolve(name + ".png")));
    all.addAll(List.of(more));
    return run(all.toArray());
  }

  private byte[] drawn(String name, String prompt, Object... more) {
    assertThat(draw(name, prompt, more)).as(kasane.err()).isZero();
    return new PictureReader().read(folder.resolve(name + ".png")).rgb();
  }

  private Path file(String name, long width, String... words) throws IOException {
    Path file = folder.resolve(name);
    float[] values = new float[(int) width];
    Arrays.fill(values, 0.5f);
    SafetensorsWriter.write(file, List.of(words).stream().map(word -> TensorDeclaration.ofFloats(
        word, DType.F32, new long[] {1, width}, values)).toList(), Map.of());
    return file;
  }

  @Test
  void aFileOfWordsChangesPromptsThatHaveThemAndNoOthers() throws IOException {
    byte[] without = drawn("without", "a red ink-style");
    byte[] with = drawn("with", "a red INK-style", "--embedding", INK, "--embedding", BRUSH);
    assertThat(kasane.err()).contains("ink-style.pt: learned words ink-style (3 tokens)",
        "learned_embeds.safetensors: learned words <brush> (1 token)");
    assertThat(with).isNotEqualTo(without);
    assertThat(PicturePng.readText(folder.resolve("with.png")).get("parameters"))
        .contains("Embeddings: \"ink-style.pt, learned_embeds.safetensors\"");
    assertThat(drawn("renamed", "a red sketch", "--embedding", INK + ":sketch")).isEqualTo(with);
    assertThat(kasane.err()).contains("learned words sketch (3 tokens)");
    assertThat(drawn("other", "a red ink-style", "--embedding", INK + ":sketch")).isEqualTo(without);
    assertThat(drawn("negative", "a red ink-style", "--negative", "<brush>", "--embedding", BRUSH))
        .isNotEqualTo(drawn("negative-without", "a red ink-style", "--negative", "<brush>"));
  }

  @Test
  void wordsThatComeWithAnAdapterAreThere() throws IOException {
    Path bundle = folder.resolve("bundle.safetensors");
    try (SafetensorsFile layers = SafetensorsFile.open(ADAPTER); SafetensorsFile word = SafetensorsFile.open(BRUSH)) {
      List<TensorDeclaration> tensors = new ArrayList<>();
      layers.tensors().values().forEach(entry -> tensors.add(new TensorDeclaration(entry.name(), entry.dtype(),
          entry.shape(), channel -> channel.write(layers.map(entry.name())))));
      tensors.add(new TensorDeclaration("bundle_emb.brushed.string_to_param.*", DType.F32, new long[] {1, 32},
          channel -> channel.write(word.map("<brush>"))));
      SafetensorsWriter.write(bundle, tensors, layers.metadata());
    }
    byte[] bundled = drawn("bundled", "a brushed cat", "--adapter", bundle);
    assertThat(kasane.err()).contains("215 layers", "Its prompts may use brushed (1 token).");
    assertThat(bundled).isEqualTo(drawn("apart", "a <brush> cat", "--adapter", ADAPTER, "--embedding", BRUSH));
    assertThat(bundled).isNotEqualTo(drawn("plain", "a brushed cat", "--adapter", ADAPTER));

    assertThat(drawn("twice", "a brushed-1 cat", "--adapter", bundle, "--embedding", INK + ":brushed"))
        .isNotEqualTo(bundled);
    assertThat(kasane.err()).contains("brushed-1 (3 tokens; brushed is that of " + bundle + ")");
  }

  @Test
  void whatDoesNotFitIsNamedAndNothingIsDrawn() throws IOException {
    assertThat(draw("x", "a cat", "--embedding", file("wide.safetensors", 768, "<w>"))).isEqualTo(1);
    assertThat(kasane.err()).contains("'<w>'", "wide.safetensors", "width 768 (Stable Diffusion 1.x)", "are 32 wide");
    assertThat(draw("x", "a cat", "--embedding", file("xl.safetensors", 32, "clip_l", "clip_g"))).isEqualTo(1);
    assertThat(kasane.err()).contains("xl.safetensors", "clip_g", "text_encoder_2, which the base does not have");
    assertThat(draw("x", "a cat", "--embedding", ADAPTER)).isEqualTo(1);
    assertThat(kasane.err()).contains("sd1-tiny-kohya.safetensors", "Load it with --adapter");
    assertThat(draw("x", "a cat", "--adapter", BRUSH)).isEqualTo(1);
    assertThat(kasane.err()).contains("adapts no layers", "<brush>", "--embedding");
    assertThat(draw("x", "a cat", "--embedding", file("two.safetensors", 32, "<a>", "<b>") + ":one")).isEqualTo(1);
    assertThat(kasane.err()).contains("holds 2 words (<a>, <b>)", "Leave out ':one'");
    assertThat(draw("x", "a cat", "--embedding", "none.pt:word")).isEqualTo(1);
    assertThat(kasane.err()).contains("none.pt");
    assertThat(draw("x", "a cat", "--embedding", INK + ": ")).isEqualTo(2);
    assertThat(kasane.err()).contains("should be FILE or FILE:word");
    Path nan = folder.resolve("nan.safetensors");
    SafetensorsWriter.write(nan, List.of(TensorDeclaration.ofFloats("<n>", DType.F32, new long[] {1, 32},
        fill(Float.NaN))), Map.of());
    assertThat(draw("x", "a cat", "--embedding", nan)).isEqualTo(1);
    assertThat(kasane.err()).contains("'<n>'", "no finite numbers").doesNotContain("\tat ");
    assertThat(draw("x", "a cat", "--embedding", file("blank.safetensors", 32, "\u00a0"))).isEqualTo(1);
    assertThat(kasane.err()).contains("blank.safetensors", "has no name", "--embedding FILE:word");
    Path cut = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(Files.readAllBytes(INK), 700));
    assertThat(draw("x", "a cat", "--embedding", cut)).isEqualTo(1);
    assertThat(kasane.err()).contains("cut.pt").doesNotContain("\tat ", "internal error");
    assertThat(folder.resolve("x.png")).doesNotExist();
  }

  private static float[] fill(float value) {
    float[] values = new float[32];
    Arrays.fill(values, value);
    return values;
  }

  /** A pickle becomes a file that is read again, inspected, and means the same in a prompt. */
  @Test
  void aPickleIsConvertedAndItsWordIsNamed() throws IOException {
    Path out = folder.resolve("words.safetensors");
    assertThat(run("convert", INK, out, "--to", "textual-inversion", "--base", BASE)).as(kasane.err()).isZero();
    try (SafetensorsFile written = SafetensorsFile.open(out)) {
      assertThat(written.tensors()).containsOnlyKeys("ink-style");
      assertThat(written.tensors().get("ink-style").shape()).containsExactly(3, 32);
    }
    assertThat(drawn("converted", "a red ink-style", "--embedding", out))
        .isEqualTo(drawn("pickle", "a red ink-style", "--embedding", INK));
    Path kohya = folder.resolve("bundle.safetensors");
    assertThat(run("convert", out, kohya, "--to", "kohya", "--base", BASE)).as(kasane.err()).isZero();
    Path back = folder.resolve("back.safetensors");
    assertThat(run("convert", kohya, back, "--to", "textual-inversion", "--base", BASE)).as(kasane.err()).isZero();
    try (SafetensorsFile once = SafetensorsFile.open(out); SafetensorsFile again = SafetensorsFile.open(back)) {
      assertThat(again.tensors().keySet()).isEqualTo(once.tensors().keySet());
      assertThat(again.map("ink-style")).isEqualTo(once.map("ink-style"));
    }
    assertThat(run("convert", ADAPTER, folder.resolve("no.safetensors"), "--to", "textual-inversion", "--base", BASE))
        .isEqualTo(1);
    assertThat(kasane.err()).contains("learned words only", "Save as kohya");
    assertThat(folder.resolve("no.safetensors")).doesNotExist();

    for (Path file : List.of(INK, file("ink.safetensors", 768, "emb_params"), BRUSH, kohya)) {
      CommandHarness inspect = new CommandHarness();
      assertThat(inspect.run("inspect", "--plugins-dir", PLUGINS, "--json", file.toString())).as(inspect.err()).isZero();
      assertThat(new ObjectMapper().readTree(inspect.out()).at("/triggerWords").toString()).as(file.toString())
          .isEqualTo(file.equals(BRUSH) ? "[\"<brush>\"]" : file.endsWith("ink.safetensors") ? "[\"ink\"]"
              : "[\"ink-style\"]");
    }
  }
}
