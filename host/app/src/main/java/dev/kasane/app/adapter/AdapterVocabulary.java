package dev.kasane.app.adapter;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.algebra.Vocabulary;
import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Engines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The vocabulary of adapters that were trained after tokens had been added to their base's: PEFT then saves the whole
 * embedding and head, and whoever uses them has to give the base as many rows first.
 *
 * @param rows how many tokens the tables have
 * @param adapter the adapter that brings them
 */
public record AdapterVocabulary(int rows, Path adapter) {
  private static final List<String> TOKENISER = List.of("tokenizer.json", "tokenizer_config.json", "added_tokens.json",
      "special_tokens_map.json", "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja");

  /**
   * Looks for tables of another size than the base's.
   *
   * @param adapters files and folders
   * @param formats the formats to try
   * @param tables the base's embedding and head
   * @param places every path of the base that has a weight, by component
   * @param own how many rows the base has
   * @return nothing when all have the base's size
   * @throws UserException when adapters have different sizes, or new rows of a table are in none of them
   */
  public static Optional<AdapterVocabulary> of(List<Path> adapters, List<AdapterFormat> formats, Vocabulary tables,
      Map<String, Collection<String>> places, long own) {
    Map<Path, Long> sizes = new LinkedHashMap<>();
    for (Path adapter : adapters) {
      FormatChoice.Chosen chosen = new FormatChoice(formats, List.of()).recognise(adapter);
      if (chosen.keys().stream()
          .anyMatch(key -> key.contains(name(tables.tokens())) || key.contains(name(tables.head())))) {
        try (NDManager scope = Engines.newManager()) {
          rows(adapter, chosen.read(adapter, places, scope).components().values(), tables, own)
              .ifPresent(rows -> sizes.put(adapter, rows));
        }
      }
    }
    Map.Entry<Path, Long> other =
        sizes.entrySet().stream().filter(each -> each.getValue() != own).findFirst().orElse(null);
    if (other == null) {
      return Optional.empty();
    }
    sizes.forEach((adapter, rows) -> {
      if (!rows.equals(other.getValue())) {
        throw new UserException(other.getKey() + " brings tables of " + other.getValue() + " tokens, but " + adapter
            + " of " + rows + ". They were trained with different vocabularies and cannot be used together.");
      }
    });
    return Optional.of(new AdapterVocabulary(Math.toIntExact(other.getValue()), other.getKey()));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** The rows of the whole tables in one adapter. */
  private static Optional<Long> rows(Path adapter, Collection<List<AdapterModule>> components, Vocabulary tables,
      long own) {
    Map<String, Long> wholes = new LinkedHashMap<>();
    Set<String> updated = new HashSet<>();
    components.forEach(modules -> modules.stream().filter(module -> tables.has(module.path())).forEach(module -> {
      if (!ModuleRestorer.isWhole(module)) {
        updated.add(module.path());
      } else if (module.tensors().containsKey("weight")) {
        wholes.put(module.path(), module.tensors().get("weight").getShape().get(0));
      }
    }));
    Optional<Long> rows = wholes.values().stream().filter(each -> each != own).findFirst()
        .or(() -> wholes.values().stream().findFirst());
    // Beside an update it is the base's own table, which is the head's too where they are tied.
    boolean both = wholes.size() == 2
        || tables.tied().isPresent() && wholes.keySet().stream().anyMatch(updated::contains);
    if (rows.filter(each -> each > own).isPresent() && !both) {
      String missing = wholes.containsKey(tables.tokens()) ? tables.head() : tables.tokens();
      throw new UserException(adapter + " was trained on a vocabulary of " + rows.get() + " tokens, where the base has "
          + own + ", but brings no " + missing + " of that size: the rows of the new tokens in it are lost, and PEFT"
          + " makes them up anew each time. Train it with both in"
          + " modules_to_save, or merge it where it was trained.");
    }
    return rows;
  }

  /** The adapter's folder, where it has a tokeniser of its own. */
  public Optional<Path> tokeniser() {
    Path folder = Files.isDirectory(adapter) ? adapter : adapter.toAbsolutePath().getParent();
    return Optional.ofNullable(folder).filter(each -> !tokeniserFiles(each).isEmpty());
  }

  /** The files of the adapter's tokeniser. */
  public List<Path> tokeniserFiles() {
    return tokeniser().map(AdapterVocabulary::tokeniserFiles).orElse(List.of());
  }

  private static List<Path> tokeniserFiles(Path folder) {
    List<Path> files = TOKENISER.stream().map(folder::resolve).filter(Files::isRegularFile).toList();
    return files.stream().anyMatch(file -> Set.of("tokenizer.json", "vocab.json", "tokenizer.model")
        .contains(file.getFileName().toString())) ? files : List.of();
  }

  /** A line that says what is done about it. */
  public String note(long own) {
    return adapter + " was trained on a vocabulary of " + rows + " tokens, the base has " + own + ": the base's tables"
        + " are made of that size, " + tokeniser().map(folder -> "with the tokeniser in " + folder)
            .orElse("with the base's own tokeniser, since the adapter's folder has none") + ".";
  }
}
