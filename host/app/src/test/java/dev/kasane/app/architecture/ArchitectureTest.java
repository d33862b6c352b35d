package dev.kasane.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.kasane.app.testing.SourceCompiler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {
  /** Fewer classes than this mean that the import, not the architecture, is broken; raised as the product grows. */
  private static final int LEAST_CLASSES = 1480;
  /** The least number stays within this share of the real one. */
  private static final double LEAST_SHARE = 0.95;

  private static JavaClasses product;

  @TempDir
  private Path folder;

  @BeforeAll
  static void importProduct() throws IOException {
    product = Product.classes();
  }

  static Set<String> rules() {
    return Rules.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holds(String name) {
    Rules.all().get(name).check(product);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void canFail(String name) {
    SourceCompiler.compile(folder, List.of("-proc:none"), Seeds.all().get(name).toArray(String[]::new));
    JavaClasses seed = new ClassFileImporter().importPath(folder);

    assertThat(Rules.all().get(name).allowEmptyShould(true).evaluate(seed).hasViolation()).isTrue();
  }

  @Test
  void everyRuleHasASeed() {
    assertThat(Seeds.all().keySet()).isEqualTo(rules());
  }

  @Test
  void theWholeProductWasLookedAt() {
    assertThat(product.size()).as("classes that were imported").isGreaterThanOrEqualTo(LEAST_CLASSES);
    assertThat((double) LEAST_CLASSES).as("the product has " + product.size()
        + " classes: raise LEAST_CLASSES, so that a module that is not imported is missed")
        .isGreaterThanOrEqualTo(LEAST_SHARE * product.size());
    assertThat(product.stream().map(JavaClass::getPackageName))
        .contains("dev.kasane.core.spi", "dev.kasane.diffusion.unet", "dev.kasane.text.model", "dev.kasane.app.cli");
    assertThat(product.stream().filter(type -> Rules.isIn(type, "dev.kasane.plugin")))
        .as("classes of plugins").isNotEmpty();
  }

  /** A class that has been mended leaves its list. */
  @ParameterizedTest
  @EnumSource(Frozen.class)
  void frozenListsOnlyShrink(Frozen habit) {
    assertThat(habit.found(product)).as("classes that still have the habit; take the others off the list")
        .containsAll(habit.known());
  }

  @Test
  void everyPackageOfCoreHasItsArrows() {
    Set<String> packages = product.stream().map(JavaClass::getPackageName)
        .filter(name -> name.startsWith("dev.kasane.core.")).map(name -> name.split("\\.")[3])
        .collect(Collectors.toCollection(TreeSet::new));

    assertThat(packages).isNotEmpty().isSubsetOf(Rules.CORE_ARROWS.keySet());
  }
}
