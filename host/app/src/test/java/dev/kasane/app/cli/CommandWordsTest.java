package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.kasane.app.architecture.ClassStrings;
import dev.kasane.app.architecture.Product;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

class CommandWordsTest {
  private static final Pattern NAMED = Pattern.compile("«[^«»]+»");
  private static final String ALL = "dev.kasane.";

  /** Classes whose texts name things, by the beginnings of their names, with the commands that may print the texts. */
  private static final Map<String, List<String>> PRINTED_BY = new TreeMap<>(Map.ofEntries(
      Map.entry("app.Doctor", List.of("doctor")),
      Map.entry("app.gpu.", List.of("gpu", "gpu install", "doctor")),
      Map.entry("core.tensor.", List.of("doctor", "gpu", "train image")),
      Map.entry("app.adapter.AdapterLoading", List.of("generate image", "generate text")),
      Map.entry("app.adapter.Conversion", List.of("convert")),
      Map.entry("app.adapter.FormatChoice", List.of("generate image", "mix", "convert", "inspect")),
      Map.entry("app.adapter.NearMiss", List.of("generate image", "generate text", "inspect")),
      Map.entry("app.image.PromptWords", List.of("generate image")),
      Map.entry("app.adapter.StoredType", List.of("convert")),
      Map.entry("app.algebra.AdapterReader", List.of("mix", "resize", "merge", "unmerge")),
      Map.entry("app.algebra.CheckpointCopy", List.of("merge", "unmerge")),
      Map.entry("app.base.ComputeDevice", List.of("generate image", "generate text", "train image", "train text")),
      Map.entry("app.base.QuantisedBase", List.of("generate image", "generate text", "train image", "train text")),
      Map.entry("app.image.DemoBaseLocation", List.of("generate image", "train image", "mix", "merge")),
      Map.entry("app.image.PictureFiles", List.of("generate image")),
      Map.entry("app.inspect.Integrity", List.of("inspect", "generate image", "convert")),
      Map.entry("app.plugins.PluginHost", List.of("train image", "train text", "convert")),
      Map.entry("app.plugins.PluginLocations", List.of("train image", "generate text", "convert", "plugins list")),
      Map.entry("app.DemoTextLocation", List.of("train text")),
      Map.entry("app.training.", List.of("train image", "train text")),
      Map.entry("core.algebra.DeltaSource", List.of("mix", "resize", "merge", "unmerge")),
      Map.entry("core.algebra.LayerMix", List.of("mix")),
      Map.entry("core.algebra.LayerTable", List.of("mix", "resize")),
      Map.entry("core.algebra.Resizer", List.of("resize")),
      Map.entry("core.algebra.Verification", List.of("mix", "resize", "extract")),
      Map.entry("core.spi.AdapterModule", List.of("convert", "mix")),
      Map.entry("core.training.", List.of("train image", "train text")),
      Map.entry("diffusion.data.DatasetReport", List.of("train image")),
      Map.entry("diffusion.data.caption.AdapterTag", List.of("generate image")),
      Map.entry("diffusion.demo.", List.of("demo-base")),
      Map.entry("diffusion.pipeline.PictureRequest", List.of("generate image")),
      Map.entry("diffusion.training.", List.of("train image")),
      Map.entry("plugin.diffusers.MangledKeys", List.of("inspect", "generate image")),
      Map.entry("plugin.kohya.StrayKeys", List.of("generate image")),
      Map.entry("plugin.lora.LoraStart", List.of("train image", "train text")),
      Map.entry("plugin.peft.AdapterStart", List.of("generate image", "generate text", "train text")),
      Map.entry("quant.QuantisedWeight", List.of("quantize")),
      Map.entry("quant.cuda.", List.of("doctor", "train text")),
      Map.entry("text.base.TextBase", List.of("generate text")),
      Map.entry("text.base.TextTraining", List.of("train text")),
      Map.entry("text.chat.", List.of("train text")),
      Map.entry("text.data.", List.of("train text")),
      Map.entry("text.demo.", List.of("demo-base")),
      Map.entry("text.generation.", List.of("generate text"))));

  private final CommandSpec kasane = KasaneCommand.commandLine().getCommandSpec();

  private CommandSpec command(String names) {
    CommandSpec command = kasane;
    for (String name : names.split(" ")) {
      command = command.subcommands().get(name).getCommandSpec();
    }
    return command;
  }

  private static Stream<CommandSpec> commands(CommandSpec top) {
    return Stream.concat(Stream.of(top),
        top.subcommands().values().stream().flatMap(each -> commands(each.getCommandSpec())));
  }

  private CommandWords words(String command) {
    return new CommandWords(command(command), argument -> Optional.empty());
  }

  /** No text names a thing that the user of the command that prints it could not set. */
  @Test
  void everyThingThatATextNamesIsAnOptionOfTheCommandsThatPrintIt() throws IOException {
    TreeSet<String> printed = new TreeSet<>();
    for (JavaClass type : Product.classes()) {
      List<String> things = ClassStrings.of(type).stream()
          .flatMap(text -> NAMED.matcher(text.replace("\1", "")).results().map(MatchResult::group)).toList();
      if (type.getPackageName().startsWith(ALL + "app.cli")) {
        assertThat(things).as(type.getName()).allMatch(thing -> commands(kasane).anyMatch(command ->
            !new CommandWords(command, argument -> Optional.empty()).apply(thing).contains("«")));
      } else if (!things.isEmpty()) {
        String name = type.getName().substring(ALL.length());
        Optional<String> entry = PRINTED_BY.keySet().stream().filter(name::startsWith).findFirst();
        assertThat(entry).as("who prints what %s says of %s; add it to the table", name, things).isPresent();
        PRINTED_BY.get(entry.get()).forEach(command -> things.forEach(thing ->
            assertThat(words(command).apply(thing)).as("%s of %s in '%s'", thing, name, command)
                .doesNotContain("«")));
        printed.add(entry.get());
      }
    }

    assertThat(printed).as("classes that name things; take the others out of the table").isEqualTo(PRINTED_BY.keySet());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      train image | Option «batch size» is 0. | Option --batch-size is 0.
      train text | Learn with «loss on all», or a «learning-rate schedule». | Learn with --loss-on all, or a --lr-schedule.
      inspect | «convert, repair» may; «base» | 'kasane convert --repair' may; --against
      mix | «mix FILE, method svd, rank R» makes one | 'kasane mix FILE --method svd --rank R' makes one
      mix | «inspect» and «plugins list» tell | 'kasane inspect' and 'kasane plugins list' tell
      mix | «no verify» writes it, «verify» | --no-verify writes it, --verify
      mix | «batch size» means nothing, and «rank» 2, «rank, none» | «batch size» means nothing, and --rank 2, «rank, none»
      mix | «ranks», «», « », «lone | «ranks», «», « », «lone
      mix | «block weight 'a$1\\=0'» | --block-weight 'a$1\\=0'
      """)
  void thingsBecomeOptions(String command, String text, String said) {
    assertThat(words(command).apply(text)).isEqualTo(said);
  }

  @Test
  void anOptionThatARecipeSetIsCalledByItsKey() {
    ArgSpec rate = command("train text").findOption("--batch-size");
    CommandWords words = new CommandWords(command("train text"), argument -> Optional.of(argument)
        .filter(rate::equals).map(option -> "batch-size (run.yaml, line 3)"));

    assertThat(words.apply("Option «batch size» is 0, «steps» 1"))
        .isEqualTo("Option batch-size (run.yaml, line 3) is 0, --steps 1");
  }
}
