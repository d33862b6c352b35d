package dev.kasane.app.inspect;

import dev.kasane.core.family.BaseKind;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterKey.Role;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.HeaderFacts;
import dev.kasane.core.spi.ModuleFacts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts together what the header of one file tells. */
final class Description {
  private static final Pattern KNOWN_PLACE = Pattern.compile(
      "down_blocks|up_blocks|mid_block|input_blocks|output_blocks|middle_block|conv_in|conv_out|time_embed"
          + "|label_emb|add_embedding|conv_norm_out|text_model|text_projection|out_[02]");

  /** What a file is called that has words and no updates. */
  private static final String WORDS = "textual-inversion";

  private final long bytes;
  private final AdapterContents contents;
  private final TensorListing listing;
  private final HeaderFacts own;
  private final Map<String, ModuleFacts> adapted = new LinkedHashMap<>();
  private final Set<String> words;
  private final BaseKind base;

  /**
   * @throws FileFault when what belongs to the file is damaged
   */
  Description(long bytes, AdapterContents contents) {
    this.bytes = bytes;
    this.contents = contents;
    this.listing = contents.listing();
    this.own = contents.facts();
    contents.modules().forEach((name, module) -> module.facts().ifPresent(facts -> adapted.put(name, facts)));
    this.words = contents.keys().values().stream().filter(key -> key.role() == Role.WORD)
        .map(AdapterKey::module).collect(Collectors.toCollection(TreeSet::new));
    this.base = contents.base();
  }

  FileInspection describe() {
    Map<String, String> training = new LinkedHashMap<>();
    contents.metadataFacts().forEach(facts -> training.putAll(facts.training()));
    training.putAll(own.training());
    String format = contents.format().map(AdapterFormat::id).or(contents::unreadKind).orElse(FileInspection.UNKNOWN);
    return new FileInspection(contents.weights().toString(), bytes,
        new FileInspection.Kind(format, base.id(), method()),
        new FileInspection.Tensors(listing.container(), listing.tensors().size(), dtypes()),
        new FileInspection.Adapted(adapted.size(), sizes(), alphas(), withoutAlpha(),
            TargetBlocks.count(adapted.keySet())),
        new FileInspection.Told(triggerWords(), training, listing.metadata()), Map.of(), false, notes(),
        Integrity.problems(contents));
  }

  /** A file in which some layers are convolutions is a LoCon as a whole. */
  private String method() {
    Set<String> methods = adapted.values().stream().map(ModuleFacts::name)
        .collect(Collectors.toCollection(TreeSet::new));
    if (methods.contains("locon")) {
      methods.remove("lora");
    }
    if (!methods.isEmpty()) {
      return String.join("+", methods);
    }
    return !own.method().isEmpty() ? own.method() : !words.isEmpty() ? WORDS
        : contents.unread().map(Unread.File::method).orElse(FileInspection.UNKNOWN);
  }

  /** The different inner sizes by name, ascending. */
  private Map<String, List<Long>> sizes() {
    Map<String, Set<Long>> all = new TreeMap<>();
    adapted.values().forEach(facts -> facts.sizes().forEach(
        (name, size) -> all.computeIfAbsent(name, each -> new TreeSet<>()).add(size)));
    Map<String, List<Long>> sizes = new TreeMap<>();
    all.forEach((name, values) -> sizes.put(name, List.copyOf(values)));
    return sizes;
  }

  private List<Double> alphas() {
    Collection<Double> stored = contents.alphas().values();
    return stored.isEmpty() ? own.alphas() : stored.stream().distinct().sorted().toList();
  }

  private int withoutAlpha() {
    if (contents.format().filter(AdapterFormat::keepsAlphas).isEmpty()) {
      return 0;
    }
    return (int) adapted.entrySet().stream().filter(module -> module.getValue().sizes().containsKey(ModuleFacts.RANK))
        .filter(module -> !contents.modules().get(module.getKey()).header()
            .hasAny(AdapterModule.ALPHA, AdapterModule.SCALE)).count();
  }

  private List<String> dtypes() {
    return listing.tensors().values().stream()
        .map(tensor -> tensor.dtype().name()).distinct().sorted().toList();
  }

  /** The words that were learnt beside the adapter call it; failing these, what the metadata say. */
  private List<String> triggerWords() {
    List<String> learnt = words.stream().filter(word -> !word.isEmpty()).toList();
    return !learnt.isEmpty() ? learnt : Stream.concat(Stream.of(own), contents.metadataFacts().stream())
        .map(HeaderFacts::words).filter(told -> !told.isEmpty()).findFirst().orElse(List.of());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    listing.metadataFault().ifPresent(notes::add);
    boolean image = contents.format().filter(AdapterFormat::namesDiffusionLayers).isPresent() && !base.isDiverse();
    List<String> strange = !image ? List.of() : adapted.keySet().stream()
        .filter(module -> !KNOWN_PLACE.matcher(module).find()).toList();
    if (!strange.isEmpty()) {
      notes.add(strange.size() + " modules name no layer of Stable Diffusion 1.x, 2.x or XL, so the file was"
          + " made for a base that Kasane does not know: " + Integrity.shown(strange));
    }
    notes.addAll(own.notes());
    return notes;
  }
}
