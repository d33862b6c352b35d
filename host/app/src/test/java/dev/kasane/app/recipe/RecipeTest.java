package dev.kasane.app.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {
  private ToyProgram program = new ToyProgram();

  @TempDir
  private Path folder;
  private Path recipe;

  @BeforeEach
  void name() {
    recipe = folder.resolve("style.yaml");
  }

  private int runWith(String yaml, Object... more) throws IOException {
    Files.writeString(recipe, yaml);
    Object[] all = new Object[more.length + 2];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "--recipe";
    all[more.length + 1] = recipe;
    return program.run(all);
  }

  @Test
  void givesAnyOption() throws IOException {
    int code = runWith("""
        # a comment
        data: my pictures
        rank: 16
        learning-rate: 5e-5
        shuffle: true
        shade: DARK
        prompt: [a red house, "two trees, at night", -1]
        option: {dropout: 0.1, init: "a=b"}
        trigger: "héllo \\"x\\" 猫"
        """);

    assertThat(program.err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(program.toy.data).isEqualTo(Path.of("my pictures"));
    assertThat(program.toy.rank).isEqualTo(16);
    assertThat(program.toy.learningRate).isEqualTo(5e-5);
    assertThat(program.toy.shuffle).isTrue();
    assertThat(program.toy.shade).isEqualTo(ToyCommand.Shade.DARK);
    assertThat(program.toy.prompts).containsExactly("a red house", "two trees, at night", "-1");
    assertThat(program.toy.options)
        .containsExactlyInAnyOrderEntriesOf(Map.of("dropout", "0.1", "init", "a=b"));
    assertThat(program.toy.trigger).isEqualTo("héllo \"x\" 猫");
  }

  @Test
  void yieldsToTheCommandLineWhereverItStands() throws IOException {
    String yaml = "data: a\nrank: 16\nprompt: [one, two]\nshuffle: true\n";

    assertThat(runWith(yaml, "-d", "b", "--prompt", "three", "--no-shuffle")).isZero();
    assertThat(program.toy.data).isEqualTo(Path.of("b"));
    assertThat(program.toy.rank).isEqualTo(16);
    assertThat(program.toy.prompts).containsExactly("three");
    assertThat(program.toy.shuffle).isFalse();
    assertThat(program.run("--recipe=" + recipe, "--rank=4", "--")).isZero();
    assertThat(program.toy.rank).isEqualTo(4);
  }

  @Test
  void whatDependsOnAnotherChoiceCountsWithThatChoiceOnly() throws IOException {
    String named = "data: a\nbrush: flat\nwidth: 3\n";
    assertThat(widthWith(named)).isEqualTo(3);
    assertThat(widthWith(named, "--brush", "flat")).isEqualTo(3);
    assertThat(widthWith(named, "--brush=fan")).isNull();
    assertThat(widthWith(named, "--brush", "fan", "--width", "5")).isEqualTo(5);
    String silent = "data: a\nwidth: 3\n";
    assertThat(widthWith(silent, "--brush", "round")).isEqualTo(3);
    assertThat(widthWith(silent, "--brush", "flat")).isNull();
  }

  private Integer widthWith(String yaml, Object... more) throws IOException {
    program = new ToyProgram();
    assertThat(runWith(yaml, more)).isZero();
    return program.toy.brush.width;
  }

  @Test
  void isNotMistakenForAValue() {
    assertThat(program.run("-d", "x", "--trigger=the --recipe", "--prompt", "--recipes")).isZero();
    assertThat(program.toy.trigger).isEqualTo("the --recipe");
  }

  @Test
  void givesTheSameRunAgainWhenSaved() throws IOException {
    Path again = folder.resolve("again.yaml");
    assertThat(program.run("-d", "my pictures", "--prompt", "a: b # c", "--prompt", "- 1", "--shuffle",
        "--option", "scale=1", "--trigger", "007", "--shade", "DARK", "--save-recipe", recipe)).isZero();
    ToyProgram second = new ToyProgram();

    assertThat(second.run("--recipe", recipe, "--save-recipe", again)).isZero();

    assertThat(second.toy.prompts).containsExactly("a: b # c", "- 1");
    assertThat(second.toy.trigger).isEqualTo("007");
    assertThat(second.toy.options).containsEntry("scale", "1");
    assertThat(again).hasSameTextualContentAs(recipe);
    assertThat(recipe).content().startsWith("# program group toy --recipe")
        .contains("rank: 8", "learning-rate: 1.0E-4", "shuffle: true", "shade: DARK")
        .doesNotContain("debug", "help", "save-recipe");
    try (var files = Files.list(folder)) {
      assertThat(files).as("no temporary file stays").containsExactlyInAnyOrder(recipe, again);
    }
  }

  @Test
  void keepsWhatOnlyTheCommandLineCanSayAsComments() throws IOException {
    assertThat(program.run("-d", "x", "--out", "two\nrank: 99", "--overwrite", "--save-recipe", recipe)).isZero();
    assertThat(recipe).content().contains("# The command line alone can say these:", "# overwrite: true")
        .doesNotContain("\nout:", "\nrank: 99");
    ToyProgram second = new ToyProgram();

    assertThat(second.run("--recipe", recipe)).as(second.err::toString).isZero();

    assertThat(second.toy.rank).isEqualTo(8);
    assertThat(second.toy.out).isNull();
    assertThat(second.toy.overwrite).isFalse();
  }

  @Test
  void isPrintedForADash() {
    assertThat(program.run("-d", "x", "--save-recipe", "-")).isZero();
    assertThat(program.out.toString()).contains("data: x", "rank: 8")
        .as("what nobody gave is written as what it means").contains("trigger: inkstyle");
  }

  @Test
  void doesNotRunWhenItCannotBeSaved() {
    assertThat(program.run("-d", "x", "--save-recipe", folder.resolve("no/where.yaml"))).isEqualTo(1);
    assertThat(program.err.toString()).startsWith("kasane: ").contains("there is no folder");
    assertThat(program.toy.ran).isFalse();
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
    "learning_rate: 1; line 2: 'program group toy' has no option 'learning_rate'",
    "learning_rate: 1; Did you mean 'learning-rate'?",
    "save-recipe: x; has no option 'save-recipe'",
    "out: runs/marker; line 2: a recipe cannot set 'out'",
    "out: runs/marker; give --out on the command line",
    "overwrite: true; line 2: a recipe cannot set 'overwrite'",
    "rank: eight; line 2: rank: ",
    "rank: [1, 2]; line 2: 'rank' takes one value, not 2",
    "shade: GREY; line 2: shade: ",
    "shuffle: maybe; line 2: shuffle: ",
    "option: [novalue]; line 2: option: ",
    "data: again; line 2: not a YAML recipe: the name 'data' stands twice",
    "prompt: [[deep]]; line 2: 'prompt' holds something other than plain values",
    "prompt: {a: {b: c}}; line 2: 'prompt' holds something other than plain values",
    "trigger: 'open; not a YAML recipe"
  })
  void pointsAtTheLine(String line, String expected) throws IOException {
    assertThat(runWith("data: x\n" + line + "\n")).isEqualTo(1);
    assertThat(program.err.toString()).startsWith("kasane: " + recipe).contains(expected)
        .doesNotContain("\tat ").doesNotContain("Usage:");
    assertThat(program.toy.ran).isFalse();
  }

  @Test
  void refusesAliases() throws IOException {
    assertThat(runWith("trigger: &a lol\nprompt: [*a, *a, *a]\n")).isEqualTo(1);
    assertThat(program.err.toString()).contains("line 2", "no aliases");
  }

  @Test
  void refusesWhatIsTooLong() throws IOException {
    assertThat(runWith("data: " + "x".repeat(RecipeReader.MOST_BYTES))).isEqualTo(1);
    assertThat(program.err.toString()).contains("1 MiB");
  }

  @Test
  void refusesOtherThingsThanRecipes() throws IOException {
    assertThat(runWith("- rank\n- 8\n")).isEqualTo(1);
    assertThat(program.err.toString()).contains("line 1", "list of lines like 'rank: 8'");
    Files.write(recipe, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(program.run("--recipe", recipe)).isEqualTo(1);
    assertThat(program.err.toString()).contains("not UTF-8");
    assertThat(program.run("--recipe", folder.resolve("none.yaml"))).isEqualTo(1);
    assertThat(program.err.toString()).contains("none.yaml: no such file");
  }

  @Test
  void buildsNothingFromTags() throws IOException {
    assertThat(runWith("data: x\ntrigger: !!javax.script.ScriptEngineManager [x]\n")).isEqualTo(1);
    assertThat(program.err.toString()).contains("line 2", "no tags");
  }

  @Test
  void mayBeEmptyOrHaveEmptyValues() throws IOException {
    assertThat(runWith("", "-d", "x")).isZero();
    assertThat(runWith("trigger:\n", "-d", "x")).isZero();
    assertThat(program.toy.trigger).isNull();
  }

  @Test
  void leavesMissingOptionsToTheCommandLine() throws IOException {
    assertThat(runWith("rank: 4\n")).isEqualTo(2);
    assertThat(program.err.toString()).contains("Missing required option", "--data");
  }
}
