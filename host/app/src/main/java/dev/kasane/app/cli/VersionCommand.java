package dev.kasane.app.cli;

import dev.kasane.app.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code kasane version}. */
@Command(name = "version", description = "Print the versions of Kasane, its engine and Java.",
    mixinStandardHelpOptions = true, versionProvider = VersionCommand.Provider.class)
final class VersionCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().printVersionHelp(spec.commandLine().getOut());
  }

  /** The lines of {@code --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      Version version = Version.current();
      return new String[] {
        "kasane " + version.kasane(),
        "djl " + version.djl(),
        "libtorch " + version.libtorch(),
        "java " + Runtime.version()
      };
    }
  }
}
