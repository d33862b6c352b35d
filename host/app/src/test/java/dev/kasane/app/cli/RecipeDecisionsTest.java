package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.app.recipe.RecipeKey;
import dev.kasane.app.recipe.RecipeOptions;
import dev.kasane.app.testing.PluginJar;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What a recipe may say, option by option: a new option needs a decision here. */
class RecipeDecisionsTest {
  /** They load code, name a place to write to, replace something, or are about the call itself. */
  private static final Set<String> REFUSED = Set.of("--plugins-dir", "--out", "--cache", "--paged-optimizer",
      "--overwrite", "--recipe", "--save-recipe", "--debug", "--help", "--version");

  /** Inputs: they are read strictly, run nothing and are left as they are. */
  private static final Set<String> INPUTS = Set.of("--base", "--tokenizer", "--data", "--prior-data", "--adapter",
      "--named-adapter", "--embedding", "--init", "--prompts");

  /** Words, numbers and choices; a name is one plain file name below kasane-runs, where nothing is replaced. */
  private static final Set<String> DESCRIBING = Set.of("--accumulate", "--adapter-accept", "--allow-missing-captions",
      "--allow-unreadable", "--alpha", "--alpha-pattern", "--background", "--base-dropout", "--base-type",
      "--batch-size", "--beta1", "--beta2", "--bias", "--block-weight", "--bucket-step", "--buckets",
      "--caption-dropout", "--caption-extension", "--cfg", "--chat", "--checkpoint-every", "--clip-skip", "--count",
      "--device", "--double-quant", "--dtype", "--epochs", "--epsilon", "--eval-every", "--eval-share", "--exclude",
      "--flip", "--folder-captions", "--format", "--gradient-checkpointing", "--grid", "--keep-checkpoint", "--keep-tokens",
      "--layers", "--layers-pattern", "--learning-rate", "--loss-on", "--lr-schedule", "--max-grad-norm", "--max-length",
      "--max-timestep", "--max-tokens", "--method", "--method-option", "--min-p", "--min-snr-gamma", "--min-timestep",
      "--modules-to-save", "--name", "--negative", "--noise-offset", "--offload", "--optimizer", "--packing",
      "--prediction-type",
      "--prior-weight", "--prompt", "--random-crop", "--rank", "--rank-pattern", "--repetition-penalty",
      "--resolution", "--sample-cfg", "--sample-every", "--sample-prompt", "--sample-steps", "--sample-tokens",
      "--samples", "--save-dtype", "--scheduler", "--seed", "--shuffle-captions", "--size", "--steps", "--stop",
      "--strength", "--tag-dropout", "--targets", "--temperature", "--template", "--text-learning-rate",
      "--text-targets", "--top-k", "--top-p", "--trigger", "--upscale", "--validate-every", "--validation",
      "--warmup", "--weight-decay");

  private static final String CONSTRUCTED = "kasane.test.constructed";

  @TempDir
  private Path folder;

  @AfterEach
  void forget() {
    System.clearProperty(CONSTRUCTED);
  }

  @Test
  void everyOptionIsDecidedUpon() {
    Set<String> taken = new TreeSet<>();
    Set<String> refused = new TreeSet<>();
    recipeOptions(KasaneCommand.commandLine())
        .forEach(option -> (isMarked(option) ? taken : refused).add(option.longestName()));

    Set<String> allowed = new TreeSet<>(DESCRIBING);
    allowed.addAll(INPUTS);
    assertThat(taken).isEqualTo(allowed);
    assertThat(refused).isEqualTo(new TreeSet<>(REFUSED));
  }

  private static Stream<OptionSpec> recipeOptions(CommandLine command) {
    boolean takesRecipes = command.getCommandSpec().mixins().values().stream()
        .anyMatch(mixin -> mixin.userObject() instanceof RecipeOptions);
    Stream<OptionSpec> own = takesRecipes ? command.getCommandSpec().options().stream() : Stream.of();
    return Stream.concat(own,
        command.getSubcommands().values().stream().flatMap(RecipeDecisionsTest::recipeOptions));
  }

  private static boolean isMarked(OptionSpec option) {
    return option.userObject() instanceof Field field && field.isAnnotationPresent(RecipeKey.class);
  }

  /**
   * Each command fails after the recipe is saved, and from the recipe in the same words: every default was read. A
   * training on pictures asks its base for some defaults, and is tried in its process test.
   */
  @ParameterizedTest
  @ValueSource(strings = {"train text --data l.jsonl", "generate image --prompt x", "generate text --prompt x"})
  void whatIsSavedWithAllDefaultsIsReadAgain(String command) throws IOException {
    Path recipe = folder.resolve("saved.yaml");
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of("--base", Files.createDirectory(folder.resolve("base")).toString(),
        "--save-recipe", recipe.toString()));
    CommandHarness first = new CommandHarness();
    CommandHarness again = new CommandHarness();

    int code = first.run(words.toArray(String[]::new));

    assertThat(recipe).as(first.err()).exists();
    assertThat(again.run(words.get(0), words.get(1), "--recipe", recipe.toString())).isEqualTo(code).isNotZero();
    assertThat(again.err()).isEqualTo(first.err()).doesNotContain("saved.yaml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train image", "train text", "generate image", "generate text"})
  void aPluginBesideARecipeIsNeverConstructed(String command) throws IOException {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    new PluginJar("evil").sources("""
        package evil;
        @org.pf4j.Extension
        public class Evil extends Base {
          public Evil() { System.setProperty("%s", "yes"); }
        }
        """.formatted(CONSTRUCTED), PluginJar.method("evil", "Base", "evil")).writeTo(plugins.resolve("evil.jar"));
    Path recipe = Files.writeString(folder.resolve("style.yaml"), "seed: 8\nplugins-dir: " + plugins + "\n");
    String[] group = command.split(" ");
    CommandHarness kasane = new CommandHarness();

    int code = kasane.run(group[0], group[1], "--recipe", recipe.toString(), "--save-recipe", "-");

    assertThat(kasane.err()).startsWith("kasane: " + recipe + ", line 2: ").contains("'plugins-dir'", "command line");
    assertThat(code).isEqualTo(1);
    assertThat(System.getProperty(CONSTRUCTED)).isNull();
    new CommandHarness().run("plugins", "list", "--plugins-dir", plugins.toString());
    assertThat(System.getProperty(CONSTRUCTED)).as("the plugin does run where the user names it").isEqualTo("yes");
  }
}
