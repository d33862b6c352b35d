package dev.kasane.core.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCacheTest {
  @TempDir
  private Path folder;

  private Path home;

  @BeforeEach
  void makeHome() throws IOException {
    assumeTrue(OwnFiles.POSIX, "no owners and modes here");
    home = Files.createDirectory(folder.resolve("home"));
  }

  private Optional<LibraryCache> find(Map<String, String> environment) {
    return LibraryCache.find(environment::get, Map.of("user.home", home.toString())::get);
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void liesInTheHomeForTheUserAlone() throws IOException {
    LibraryCache cache = find(Map.of()).orElseThrow();
    assertThat(cache).isEqualTo(new LibraryCache(home.resolve(".djl.ai"), false, true));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache.folder()))).isEqualTo("rwx------");
    mode(cache.folder(), "rwxr-xr-x");
    assertThat(find(Map.of())).as("one that is there stays in use").contains(cache);
  }

  @Test
  void liesWhereTheVariablesSayInDjlsOrder() {
    Path engine = folder.resolve("a/engine");
    Path all = folder.resolve("all");
    assertThat(find(Map.of("DJL_CACHE_DIR", all.toString()))).contains(new LibraryCache(all, true, true));
    assertThat(find(Map.of("DJL_CACHE_DIR", all.toString(), "ENGINE_CACHE_DIR", engine.toString())))
        .contains(new LibraryCache(engine, true, true));
    assertThat(find(Map.of("DJL_CACHE_DIR", "", "ENGINE_CACHE_DIR", "")))
        .contains(new LibraryCache(home.resolve(".djl.ai"), false, true));
    assertThat(engine).isDirectory();
  }

  @Test
  void refusesFoldersThatOthersCanWrite() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    mode(open, "rwxrwxrwx");
    for (Path place : new Path[] {open, open.resolve("new")}) {
      assertThatThrownBy(() -> find(Map.of("DJL_CACHE_DIR", place.toString()))).isInstanceOf(UserException.class)
          .hasMessageContaining("DJL_CACHE_DIR names " + place + ", and " + open + " can be written by everyone")
          .hasMessageContaining("chmod go-w");
    }
    Files.createSymbolicLink(home.resolve(".djl.ai"), open);
    assertThatThrownBy(() -> find(Map.of())).isInstanceOf(UserException.class)
        .hasMessageContaining(home.resolve(".djl.ai") + ", and " + open + " can be written by everyone")
        .hasMessageContaining("DJL_CACHE_DIR");
  }

  @Test
  void refusesFoldersOfOthers() throws IOException {
    Path theirs = Files.createDirectory(home.resolve(".djl.ai"));
    OwnFilesTest.giveAway(theirs);
    assertThatThrownBy(() -> find(Map.of())).isInstanceOf(UserException.class)
        .hasMessageContaining(theirs + " belongs to");
    assertThatThrownBy(() -> find(Map.of("ENGINE_CACHE_DIR", theirs.toString()))).isInstanceOf(UserException.class)
        .hasMessageContaining("ENGINE_CACHE_DIR names").hasMessageContaining(theirs + " belongs to");
  }

  @Test
  void refusesLibrariesThatOthersCanWrite() throws IOException {
    LibraryCache cache = find(Map.of()).orElseThrow();
    Path library = Files.createDirectories(cache.folder().resolve("pytorch/1-cpu")).resolve("libtorch.so");
    Files.writeString(library, "x");
    assertThat(cache.engine("pytorch")).isEqualTo(cache.folder().resolve("pytorch"));
    mode(library, "rw-rw-rw-");
    assertThatThrownBy(() -> cache.engine("pytorch")).isInstanceOf(UserException.class)
        .hasMessageContaining(library + " can be written by everyone");
    assertThat(cache.engine("tokenizers")).doesNotExist();
  }

  @Test
  void aHomeThatIsNoneOrOpenToAllIsNotUsed() throws IOException {
    mode(home, "rwxrwxrwx");
    assertThat(find(Map.of())).isEmpty();
    assertThat(home.resolve(".djl.ai")).doesNotExist();
    home = folder.resolve("nowhere");
    assertThat(find(Map.of())).isEmpty();
    home = Path.of("?");
    assertThat(find(Map.of())).isEmpty();
  }

  @Test
  void saysWhenTheFolderCannotBeMade() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    assertThatThrownBy(() -> find(Map.of("DJL_CACHE_DIR", file.toString())))
        .isInstanceOf(UserException.class).hasMessageContaining("DJL_CACHE_DIR names")
        .hasMessageContaining(file.toString()).hasMessageContaining("Name a folder of your own");
  }
}
