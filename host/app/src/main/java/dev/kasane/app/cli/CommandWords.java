package dev.kasane.app.cli;

import dev.kasane.app.cli.options.Sets;
import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Puts options and commands in the place of the things that texts from below the command line name in guillemets.
 *
 * <p>A thing is called as the command's option is, {@code «batch size»} for {@code --batch-size}, or as the option
 * {@linkplain Sets says}; {@code «no verify»} is the option that rules {@code --verify} out, and words after the thing
 * stay, {@code «loss on all»}. Where a command comes first, what follows are its options, not the running one's:
 * {@code «mix FILE, method svd»} is {@code 'kasane mix FILE --method svd'}. What means nothing here stays as it is.
 *
 * @param running the command that runs
 * @param names other names for its options, where they have been set in another way than by typing them
 */
record CommandWords(CommandSpec running, Function<ArgSpec, Optional<String>> names) implements UnaryOperator<String> {
  private static final Pattern NAMED = Pattern.compile("«([^«»]+)»");

  @Override
  public String apply(String text) {
    return NAMED.matcher(text).replaceAll(
        named -> Matcher.quoteReplacement(words(named.group(1)).orElse(named.group())));
  }

  /** What to say for what stands in guillemets, if all of it means something. */
  Optional<String> words(String named) {
    List<String> phrases = Arrays.asList(named.split(", "));
    Optional<Named<CommandSpec>> command = longest(commands(), phrases.get(0));
    if (command.isEmpty()) {
      return options(running, phrases);
    }
    Named<CommandSpec> called = command.get();
    String line = called.thing().qualifiedName() + called.rest();
    return phrases.size() == 1 ? Optional.of("'" + line + "'")
        : options(called.thing(), phrases.subList(1, phrases.size())).map(rest -> "'" + line + " " + rest + "'");
  }

  private Optional<String> options(CommandSpec command, List<String> phrases) {
    Map<String, String> things = things(command);
    List<String> words = phrases.stream().flatMap(phrase -> longest(things, phrase).stream())
        .map(option -> option.thing() + option.rest()).toList();
    return words.size() < phrases.size() ? Optional.empty() : Optional.of(String.join(" ", words));
  }

  /** Things that the options of a command set, with what the options are called. */
  private Map<String, String> things(CommandSpec command) {
    return command.args().stream().flatMap(this::things)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, second) -> first));
  }

  private Stream<Map.Entry<String, String>> things(ArgSpec argument) {
    String[] own = argument.userObject() instanceof AnnotatedElement field && field.isAnnotationPresent(Sets.class)
        ? field.getAnnotation(Sets.class).value() : new String[0];
    if (!(argument instanceof OptionSpec option)) {
      return Arrays.stream(own).map(thing -> Map.entry(thing, argument.paramLabel()));
    }
    String name = option.longestName();
    String plain = name.replaceFirst("^-+", "").replace('-', ' ');
    Stream<Map.Entry<String, String>> denied =
        option.negatable() ? Stream.of(Map.entry("no " + plain, "--no-" + name.substring(2))) : Stream.empty();
    return Stream.concat(denied, (own.length == 0 ? Stream.of(plain) : Arrays.stream(own))
        .map(thing -> Map.entry(thing, names.apply(option).orElse(name))));
  }

  /** All commands, also where the running one was made alone. */
  private Map<String, CommandSpec> commands() {
    Map<String, CommandSpec> all = new HashMap<>(Whole.COMMANDS);
    all.putAll(commands(running.root()));
    return all;
  }

  /** Made when a text first asks for it. */
  private static final class Whole {
    private static final Map<String, CommandSpec> COMMANDS = commands(KasaneCommand.commandLine().getCommandSpec());
  }

  private static Map<String, CommandSpec> commands(CommandSpec top) {
    return top.subcommands().values().stream().map(each -> each.getCommandSpec())
        .flatMap(each -> Stream.concat(Stream.of(each), commands(each).values().stream()))
        .collect(Collectors.toMap(each -> each.qualifiedName().substring(each.root().name().length() + 1),
            Function.identity(), (first, second) -> first));
  }

  /** A thing with the words after it. */
  private record Named<T>(T thing, String rest) {}

  private static <T> Optional<Named<T>> longest(Map<String, T> things, String phrase) {
    return things.keySet().stream().filter(name -> phrase.equals(name) || phrase.startsWith(name + " "))
        .max(Comparator.comparing(String::length))
        .map(name -> new Named<>(things.get(name), phrase.substring(name.length())));
  }
}
