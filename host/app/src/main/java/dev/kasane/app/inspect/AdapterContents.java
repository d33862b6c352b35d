package dev.kasane.app.inspect;

import ai.djl.ndarray.types.Shape;
import dev.kasane.app.base.ModelFamilies;
import dev.kasane.core.family.AdapterSigns;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.spi.AdapterFormat;
import dev.kasane.core.spi.AdapterHeader;
import dev.kasane.core.spi.AdapterKey.Role;
import dev.kasane.core.spi.AdapterKey.Sign;
import dev.kasane.core.spi.AdapterKey;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.HeaderFacts;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the formats and methods that are installed make of a file's header. The order in which they were found counts
 * nowhere: where several claim the same, the surest does, of those equally sure the first by its id.
 */
public final class AdapterContents {
  private final Path weights;
  private final TensorListing listing;
  private final List<AdapterFormat> formats;
  /** By id, each with the names of its parameters. */
  private final Map<AdapterMethod, Set<String>> methods = new LinkedHashMap<>();
  private final Map<String, List<String>> claimed = new TreeMap<>();
  private final Optional<AdapterFormat> format;
  private final Optional<Unread.File> unread;
  private final Map<String, AdapterKey> keys = new LinkedHashMap<>();
  private final Map<String, Module> modules = new LinkedHashMap<>();

  /**
   * A module of the file.
   *
   * @param layer its layer in one spelling
   * @param facts what it is; nothing when no method claims it
   */
  record Module(String layer, ModuleHeader header, Optional<ModuleFacts> facts) {}

  /**
   * @param named the file or folder as it was named
   * @param weights the file with the tensors, of several the first
   * @param listing what it holds
   * @param formats the formats that are installed
   * @param methods the methods that are installed
   */
  public AdapterContents(Path named, Path weights, TensorListing listing, List<AdapterFormat> formats,
      List<AdapterMethod> methods) {
    this.weights = weights;
    this.listing = listing;
    this.formats = formats.stream().sorted(Comparator.comparing(AdapterFormat::id)).toList();
    methods.stream().sorted(Comparator.comparing(AdapterMethod::id))
        .forEach(method -> this.methods.put(method, method.parameters()));
    Set<String> names = listing.tensors().keySet();
    Optional<Unread.File> sure = Unread.sure(names);
    this.format = sure.isPresent() ? Optional.empty()
        : this.formats.stream().filter(each -> each.recognisesFolder(named)).findFirst()
            .map(each -> folder(each, names)).or(() -> owner(names));
    this.unread = sure.or(() -> format.isPresent() ? Optional.empty() : Unread.other(names));
    group();
  }

  /** What lies in a format's folder is in that format, whatever its keys. */
  private AdapterFormat folder(AdapterFormat owner, Set<String> names) {
    names.forEach(name -> owner.parse(name).ifPresent(key -> keys.put(name, key)));
    return owner;
  }

  /** Takes the keys apart; nothing when they are in no format. */
  private Optional<AdapterFormat> owner(Set<String> names) {
    Map<AdapterFormat, Map<String, AdapterKey>> able = new LinkedHashMap<>();
    formats.forEach(each -> able.put(each, each.recognise(names)));
    able.values().removeIf(Map::isEmpty);
    Map<AdapterFormat, Integer> words = new LinkedHashMap<>();
    Map<AdapterFormat, Integer> counts = new LinkedHashMap<>();
    for (String name : names) {
      AdapterFormat owner = null;
      AdapterKey best = null;
      for (Map.Entry<AdapterFormat, Map<String, AdapterKey>> each : able.entrySet()) {
        AdapterKey key = each.getValue().get(name);
        if (key != null && key.sign() != Sign.NONE && (best == null || key.sign().compareTo(best.sign()) > 0)) {
          best = key;
          owner = each.getKey();
        }
      }
      // Words may lie beside adapters of any format.
      if (best != null && best.role() == Role.WORD) {
        words.merge(owner, 1, Integer::sum);
      } else if (best != null) {
        counts.merge(owner, 1, Integer::sum);
        claimed.computeIfAbsent(owner.id(), id -> new ArrayList<>()).add(name);
      }
    }
    Optional<AdapterFormat> most = able.keySet().stream().filter((counts.isEmpty() ? words : counts)::containsKey)
        .max(Comparator.comparing(counts.isEmpty() ? words::get : counts::get));
    most.ifPresent(format -> keys.putAll(able.get(format)));
    return most;
  }

  private void group() {
    Map<String, Map<String, Shape>> shapes = new LinkedHashMap<>();
    Map<String, String> layers = new LinkedHashMap<>();
    keys.forEach((name, key) -> {
      if (key.role() == Role.UPDATE) {
        shapes.computeIfAbsent(key.module(), each -> new LinkedHashMap<>())
            .put(key.parameter(), listing.tensors().get(name).shape());
        layers.putIfAbsent(key.module(), key.layer());
      }
    });
    // Most modules of a file are like one another.
    Map<ModuleHeader, Optional<ModuleFacts>> known = new HashMap<>();
    shapes.forEach((module, parameters) -> {
      ModuleHeader header = new ModuleHeader(parameters);
      modules.put(module, new Module(layers.get(module), header, known.computeIfAbsent(header, this::facts)));
    });
  }

  private Optional<ModuleFacts> facts(ModuleHeader module) {
    Optional<ModuleFacts> found = Optional.empty();
    long most = 0;
    for (Map.Entry<AdapterMethod, Set<String>> method : methods.entrySet()) {
      Optional<ModuleFacts> facts = method.getKey().facts(module);
      long known = facts.isEmpty() ? 0 : module.shapes().keySet().stream().filter(method.getValue()::contains).count();
      if (facts.isPresent() && (found.isEmpty() || known > most)) {
        found = facts;
        most = known;
      }
    }
    Optional<ModuleFacts> unreadKind = Unread.module(module, most);
    return unreadKind.isPresent() ? unreadKind : found;
  }

  /** The file with the tensors, of several the first. */
  public Path weights() {
    return weights;
  }

  /** What the file holds. */
  public TensorListing listing() {
    return listing;
  }

  /** The format of the file; nothing when it is in none that is installed. */
  public Optional<AdapterFormat> format() {
    return format;
  }

  /** What a file is that is in no format, if that is known. */
  Optional<Unread.File> unread() {
    return unread;
  }

  /** What a file is that is in no format, a name for people. */
  public Optional<String> unreadKind() {
    return unread.map(Unread.File::id);
  }

  /** Keys of adapters by format; one that is unlike the others of its file is a fault. */
  public Map<String, List<String>> claimed() {
    return claimed;
  }

  /** The names of the layers that the file speaks of, those of whole weights too. */
  public Set<String> layerNames() {
    return keys.values().stream().filter(key -> key.role() == Role.UPDATE || key.role() == Role.WHOLE)
        .map(AdapterKey::module).collect(Collectors.toSet());
  }

  /** The keys that the format knows. */
  Map<String, AdapterKey> keys() {
    return keys;
  }

  /** The updates by module. */
  Map<String, Module> modules() {
    return modules;
  }

  /** The kind of base that it was made for, as far as the header tells. */
  public BaseKind base() {
    Map<String, ModuleFacts> known = new LinkedHashMap<>();
    modules.forEach((name, module) -> module.facts().ifPresent(facts -> known.put(name, facts)));
    Map<String, Shape> shapes = listing.shapes();
    List<Shape> words = keys.entrySet().stream().filter(key -> key.getValue().role() == Role.WORD)
        .map(key -> shapes.get(key.getKey())).toList();
    return ModelFamilies.kindOf(
        metadataFacts().stream().map(HeaderFacts::base).toList(), new AdapterSigns(shapes, known, words));
  }

  /** The values of the constant alpha by key. */
  Map<String, Double> alphas() {
    return listing.alphas().entrySet().stream()
        .filter(each -> isAlpha(each.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }

  /** Whether a key is a module's alpha. */
  boolean isAlpha(String name) {
    return keys.containsKey(name) && keys.get(name).parameter().equals(AdapterModule.ALPHA);
  }

  /** What the metadata tell in the words of every format's tools. */
  List<HeaderFacts> metadataFacts() {
    return formats.stream().map(each -> each.describe(listing.metadata())).toList();
  }

  /**
   * What the format tells of the file and of what lies beside it.
   *
   * @throws FileFault when that is damaged
   */
  HeaderFacts facts() {
    return format.isEmpty() ? HeaderFacts.NONE
        : format.get().describe(new AdapterHeader(weights, listing.shapes(), listing.metadata()));
  }
}
