package dev.kasane.app.plugins;

import dev.kasane.app.Home;
import dev.kasane.core.UserException;
import dev.kasane.core.natives.OwnFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where plugins are looked for.
 *
 * @param places folders of plugin jars, or single jars; each exists
 */
public record PluginLocations(List<Path> places) {
  /** Names the user's folder when no option does. */
  public static final String USER_FOLDER_VARIABLE = "KASANE_PLUGINS";

  /**
   * The distribution's own plugins and the user's folder.
   *
   * @param userFolder what {@code --plugins-dir} says, or null
   * @throws UserException when a folder that was asked for does not exist
   */
  public static PluginLocations standard(Path userFolder) {
    String userHome = System.getProperty("user.home");
    return of(Home.folder(), userFolder, System.getenv(), userHome);
  }

  static PluginLocations of(
      Optional<Path> home, Path userFolder, Map<String, String> environment, String userHome) {
    List<Path> places = new ArrayList<>();
    home.ifPresent(folder -> places.add(existing(folder.resolve("plugins"),
        "The distribution is incomplete; build it again")));
    String variable = environment.getOrDefault(USER_FOLDER_VARIABLE, "");
    if (userFolder != null) {
      places.add(existing(userFolder, "«plugins dir» names a folder of plugin jars"));
    } else if (!variable.isEmpty()) {
      places.add(existing(Path.of(variable), USER_FOLDER_VARIABLE + " names a folder of plugin jars"));
    } else {
      Optional.of(Path.of(userHome, ".kasane", "plugins")).filter(Files::isDirectory).map(PluginLocations::own)
          .ifPresent(places::add);
    }
    return new PluginLocations(List.copyOf(places));
  }

  private static Path own(Path place) {
    OwnFiles.fault(place).ifPresent(fault -> {
      throw new UserException("Plugins in " + place + " cannot be trusted: " + fault + ". Make the folder your own"
          + " alone (chown, chmod go-w), or name another with «plugins dir».");
    });
    return place;
  }

  private static Path existing(Path place, String advice) {
    if (!Files.exists(place)) {
      throw new UserException(place + ": no such folder. " + advice + ".");
    }
    return place;
  }

  /**
   * Returns the plugin jars in these places, sorted by name in each.
   *
   * @throws UserException when a folder cannot be read, or holds an archive that is no jar
   */
  List<Path> jars() {
    return places.stream().flatMap(place -> jarsIn(place).stream()).toList();
  }

  private static List<Path> jarsIn(Path place) {
    if (!Files.isDirectory(place)) {
      return List.of(place);
    }
    try (Stream<Path> entries = Files.list(place)) {
      return entries.filter(PluginLocations::isArchive).sorted().toList();
    } catch (IOException e) {
      throw new UserException(place + ": the plugin folder cannot be read (" + e.getMessage() + ").", e);
    }
  }

  private static boolean isArchive(Path file) {
    String name = file.getFileName().toString();
    if (name.endsWith(".zip")) {
      throw new UserException(file + ": Kasane's plugins are jars, not zips. Unpack it, or remove it.");
    }
    return name.endsWith(".jar") && !name.startsWith(".");
  }
}
