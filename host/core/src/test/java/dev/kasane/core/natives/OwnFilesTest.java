package dev.kasane.core.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFilesTest {
  private static final int SOMEBODY_ELSE = 54321;

  @TempDir
  private Path folder;

  @BeforeEach
  void posix() {
    assumeTrue(OwnFiles.POSIX, "no owners and modes here");
  }

  private Path make(String name, String permissions) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
  }

  static void giveAway(Path path) throws IOException {
    assumeTrue((Integer) Files.getAttribute(path, "unix:uid") == 0, "only root can give files away");
    Files.setAttribute(path, "unix:uid", SOMEBODY_ELSE, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void whatIsMineAloneIsFine() throws IOException {
    Path mine = make("mine", "rwxr-xr-x");
    Path file = Files.writeString(mine.resolve("libx.so"), "x");
    assertThat(OwnFiles.fault(mine)).isEmpty();
    assertThat(OwnFiles.fault(file)).isEmpty();
    assertThat(OwnFiles.faultWithin(mine)).isEmpty();
    assertThat(OwnFiles.fault(mine.resolve("not/there/yet"))).isEmpty();
  }

  @Test
  void whatEveryoneCanWriteIsNot() throws IOException {
    Path open = make("open", "rwxrwxrwx");
    assertThat(OwnFiles.fault(open)).contains(open + " can be written by everyone");
    assertThat(OwnFiles.fault(make("open/mine", "rwx------"))).contains(open + " can be written by everyone");
  }

  @Test
  void aStickyFolderKeepsWhatIsMadeInItButIsNotMine() throws IOException {
    Path sticky = make("sticky", "rwxrwxrwx");
    Files.setAttribute(sticky, "unix:mode", 01777);
    assertThat(OwnFiles.faultAround(sticky)).isEmpty();
    assertThat(OwnFiles.fault(make("sticky/mine", "rwx------"))).isEmpty();
    assertThat(OwnFiles.fault(sticky)).contains(sticky + " can be written by everyone");
  }

  @Test
  void everyFileInAFolderCounts() throws IOException {
    Path mine = make("mine", "rwx------");
    Path file = Files.writeString(Files.createDirectories(mine.resolve("a/b")).resolve("libx.so"), "x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
    assertThat(OwnFiles.fault(mine)).isEmpty();
    assertThat(OwnFiles.faultWithin(mine)).contains(file + " can be written by everyone");
  }

  @Test
  void linksAreFollowedToWhereTheyLead() throws IOException {
    Path mine = make("mine", "rwx------");
    Path open = make("open", "rwxrwxrwx");
    Path inside = make("open/inside", "rwx------");
    Path good = Files.createSymbolicLink(folder.resolve("good"), Path.of("open/../mine"));
    Path bad = Files.createSymbolicLink(folder.resolve("bad"), inside);
    Path chain = Files.createSymbolicLink(mine.resolve("chain"), Path.of("..", "bad"));
    assertThat(OwnFiles.fault(bad)).contains(open + " can be written by everyone");
    assertThat(OwnFiles.fault(chain)).contains(open + " can be written by everyone");
    assertThat(OwnFiles.faultWithin(mine)).contains(open + " can be written by everyone");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwx------"));
    assertThat(OwnFiles.fault(good)).isEmpty();
    assertThat(OwnFiles.fault(chain)).isEmpty();
  }

  @Test
  void aRingOfLinksEnds() throws IOException {
    Files.createSymbolicLink(folder.resolve("one"), Path.of("two"));
    Path two = Files.createSymbolicLink(folder.resolve("two"), Path.of("one"));
    assertThat(OwnFiles.fault(two)).get().asString().contains("cannot be looked at");
  }

  @Test
  void whatBelongsToSomebodyElseIsNotMine() throws IOException {
    Path mine = make("mine", "rwx------");
    Path theirs = make("mine/theirs", "rwx------");
    giveAway(theirs);
    assertThat(OwnFiles.fault(theirs)).contains(theirs + " belongs to " + Files.getOwner(theirs).getName());
    assertThat(OwnFiles.fault(theirs.resolve("below"))).isPresent();
    assertThat(OwnFiles.faultWithin(mine)).isPresent();
    Path link = Files.createSymbolicLink(folder.resolve("link"), mine);
    giveAway(link);
    assertThat(OwnFiles.fault(link)).get().asString().startsWith(link + " belongs to ");
  }
}
