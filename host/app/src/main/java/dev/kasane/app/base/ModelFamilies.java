package dev.kasane.app.base;

import dev.kasane.core.UserException;
import dev.kasane.core.family.AdapterSigns;
import dev.kasane.core.family.BaseKind;
import dev.kasane.core.family.ModelFamily;
import dev.kasane.core.family.Recognition;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/** The families of base models that are installed. What they answer never depends on the order of archives. */
public final class ModelFamilies {
  private static final List<ModelFamily> ALL = ServiceLoader.load(ModelFamily.class).stream()
      .map(ServiceLoader.Provider::get).sorted(Comparator.comparing(ModelFamily::id)).toList();

  private ModelFamilies() {}

  /** All of them. */
  public static List<ModelFamily> all() {
    return ALL;
  }

  /**
   * The family of a model; who is sure comes before who finds it likely.
   *
   * @param model a file or folder that is there
   * @throws UserException when it is of none, or two are sure
   */
  public static ModelFamily of(Path model) {
    Map<Recognition, List<ModelFamily>> answers =
        ALL.stream().collect(Collectors.groupingBy(family -> family.recognise(model)));
    List<ModelFamily> sure = answers.getOrDefault(Recognition.YES, List.of());
    if (sure.size() > 1) {
      throw new UserException(model + " is claimed by " + titles(sure) + ". Take one of these plugins away.");
    }
    return sure.stream().findFirst()
        .or(() -> answers.getOrDefault(Recognition.LIKELY, List.of()).stream().findFirst())
        .orElseThrow(() -> new UserException(model + " is no base model of a known family. Known are "
            + titles(ALL) + "."));
  }

  private static String titles(List<ModelFamily> families) {
    return families.stream().map(ModelFamily::title).collect(Collectors.joining("; "));
  }

  /** The kinds of base whose layers are known without a base. */
  public static List<BaseKind> publishedKinds() {
    return ALL.stream().flatMap(family -> family.kinds().stream()).filter(kind -> !kind.isDiverse()).toList();
  }

  /** The published kind of a name. */
  public static Optional<BaseKind> publishedKind(String id) {
    return publishedKinds().stream().filter(kind -> kind.id().equals(id)).findFirst();
  }

  /** As {@link ModelFamily#mainPart}; all names begin with nothing, where a file has no parts. */
  public static String mainPart(Set<String> names) {
    return ALL.stream().flatMap(family -> family.mainPart(names).stream()).findFirst().orElse("");
  }

  /**
   * The kind of base that an adapter was made for.
   *
   * @param told ids of the kinds that its metadata name
   * @param adapter what else its header tells
   * @return {@link BaseKind#UNKNOWN} where no family knows it as its own, or two do
   */
  public static BaseKind kindOf(List<String> told, AdapterSigns adapter) {
    List<BaseKind> kinds = ALL.stream().flatMap(family -> family.kinds().stream()).toList();
    Optional<BaseKind> named = told.stream()
        .flatMap(id -> kinds.stream().filter(kind -> kind.id().equals(id))).findFirst();
    List<BaseKind> claimed = ALL.stream().flatMap(family -> family.kindOf(adapter).stream()).toList();
    return named.orElseGet(() -> claimed.size() == 1 ? claimed.get(0) : BaseKind.UNKNOWN);
  }
}
