package dev.kasane.app.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.kasane.core.UserException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every rule by its name. */
final class Rules {
  private static final String ALL = "dev.kasane.";
  private static final String CORE = "dev.kasane.core";
  private static final String BRIDGE = "ai.djl.pytorch.jni.TorchBridge";

  /** Package of core → the packages of core that it may see; every one may see {@code UserException}. */
  static final Map<String, Set<String>> CORE_ARROWS = new TreeMap<>(Map.ofEntries(
      Map.entry("algebra", Set.of("checkpoint", "files", "injection", "lowrank", "safetensors", "spi", "tensor")),
      Map.entry("lowrank", Set.of("spi", "tensor")),
      Map.entry("files", Set.of()),
      Map.entry("natives", Set.of("files")),
      Map.entry("parallel", Set.of("files")),
      Map.entry("safetensors", Set.of("files", "parallel")),
      Map.entry("pickle", Set.of("files", "safetensors")),
      Map.entry("tokenizer", Set.of("files")),
      Map.entry("tensor", Set.of("files", "natives", "safetensors")),
      Map.entry("spi", Set.of("tensor")),
      Map.entry("module", Set.of("spi", "tensor")),
      Map.entry("injection", Set.of("lowrank", "module", "spi", "tensor")),
      Map.entry("family", Set.of("algebra", "checkpoint", "injection", "module", "spi", "tensor", "training")),
      Map.entry("checkpoint", Set.of("files", "module", "pickle", "safetensors", "spi", "tensor")),
      Map.entry("training", Set.of("files", "injection", "module", "safetensors", "spi", "tensor"))));

  private static final List<String> FAMILIES = List.of("dev.kasane.diffusion", "dev.kasane.text");
  /** These say what the file was for and how the run goes on, which its reader cannot know. */
  private static final Set<String> WITH_ADVICE = Set.of("dev.kasane.core.training.Checkpoints",
      "dev.kasane.diffusion.training.DiskCache", "dev.kasane.app.training.FormatTrial",
      "dev.kasane.app.training.TrainingSession");
  /** What a run does in an order of its own. */
  private static final Set<String> RUNS = Set.of("dev.kasane.core.injection.Injector", "dev.kasane.quant.Quantizer",
      "dev.kasane.quant.Originals");

  /** Where gradients may be recorded. */
  private static final String[] WITH_GRADIENTS = Stream.of("core.injection", "core.lowrank", "core.module", "core.spi",
      "core.tensor", "core.training", "diffusion.clip", "diffusion.training", "diffusion.unet", "diffusion.vae", "plugin",
      "text.model", "text.training", "testkit").map(each -> ALL + each + "..").toArray(String[]::new);

  private static final int LONGEST_ROW = 11;
  private static final int SMALLEST_ROOM = 3;
  private static final int LARGEST_ROOM = 30;

  private Rules() {}

  static Map<String, ArchRule> all() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    CORE_ARROWS.forEach((name, targets) -> rules.put("core." + name, coreArrows(name, targets)));
    rules.put("diffusion sees core only", sees("dev.kasane.diffusion", CORE, "dev.kasane.diffusion"));
    rules.put("text sees core only", sees("dev.kasane.text", CORE, "dev.kasane.text"));
    rules.put("quant sees core only", sees("dev.kasane.quant", CORE, "dev.kasane.quant"));
    rules.put("the GPU half", only(
        "kernels, what works with them, who decides for them and who tests them see the GPU half",
        type -> isIn(type, "dev.kasane.quant.cuda") || isIn(type, "dev.kasane.quant.device") || type.getName()
            .matches("dev\\.kasane\\.app\\.(Doctor|Diagnosis|cli\\.DoctorCommand|base\\.ComputeDevice)(\\$.*)?"),
        type -> isIn(type, "dev.kasane.quant.cuda") || isIn(type, "dev.kasane.quant.device")));
    rules.put("quant runs one way", slices().assignedFrom(new TopLevel("dev.kasane.quant")).should().beFreeOfCycles());
    rules.put("plugins see core only", sees("dev.kasane.plugin", CORE, "dev.kasane.plugin"));
    rules.put("plugins do not see one another",
        slices().matching("dev.kasane.plugin.(*)..").should().notDependOnEachOther());
    rules.put("app sees no plugin", sees("dev.kasane.app", CORE, "dev.kasane.diffusion", "dev.kasane.text",
        "dev.kasane.quant", "dev.kasane.app"));
    rules.put("families through the seam", noClasses().that().resideInAPackage("dev.kasane.app..").and()
        .resideOutsideOfPackages("dev.kasane.app.cli..", "dev.kasane.app.image..")
        .should().dependOnClassesThat(describe("are of one family of models", type -> FAMILIES.stream()
            .anyMatch(family -> isIn(type, family)) && !isIn(type, "dev.kasane.diffusion.picture")))
        .because("a further family is a folder and a service entry; core.family is how it is asked"));
    rules.put("commands hold options", noClasses().that().resideInAPackage("dev.kasane.app.cli..")
        .should().dependOnClassesThat(describe("quantise or attach", type -> RUNS.contains(type.getName())))
        .because("TrainRun and GenerateRun own the order of a run"));
    rules.put("no test kit in the product", noClasses().that().resideOutsideOfPackage("dev.kasane.testkit..")
        .should().dependOnClassesThat().resideInAPackage("dev.kasane.testkit.."));
    rules.put("no cycles", slices().matching("dev.kasane.(*).(**)").should().beFreeOfCycles());
    rules.put("DJL's internals", only("core.tensor, the bridge and the tests' device touch DJL's engine",
        type -> type.getName().equals(BRIDGE) || isIn(type, CORE + ".tensor")
            || type.getName().equals("dev.kasane.testkit.MetaDevice"),
        type -> isIn(type, "ai.djl.pytorch") && !type.getName().equals(BRIDGE)));
    rules.put("the bridge", only("core, its test kit and the models cross the bridge; plugins and app do not",
        type -> type.getName().equals(BRIDGE)
            || Stream.of(CORE, "dev.kasane.testkit", "dev.kasane.diffusion", "dev.kasane.text", "dev.kasane.quant")
                .anyMatch(each -> isIn(type, each)),
        type -> type.getName().equals(BRIDGE)));
    rules.put("the door to memory", noClasses().that().doNotHaveFullyQualifiedName(CORE + ".tensor.HostMemory").and()
        .doNotHaveFullyQualifiedName("dev.kasane.quant.cuda.TensorMemory")
        .and().resideOutsideOfPackages("dev.kasane.testkit..", "dev.kasane.bench..")
        .should().callMethodWhere(describe("it takes a tensor's memory", call -> calls(call, BRIDGE, "memory")))
        .because("a tensor may lie on a GPU, where HostMemory looks and kernels work by address"));
    rules.put("PF4J's manager", only("app.plugins knows more of PF4J than the markers",
        type -> isIn(type, "dev.kasane.app.plugins"),
        type -> isIn(type, "org.pf4j")
            && !Set.of("Extension", "ExtensionPoint", "Plugin").contains(type.getSimpleName())));
    rules.put("picocli", only("app knows picocli", type -> isIn(type, "dev.kasane.app"),
        type -> isIn(type, "picocli")));
    rules.put("progress bars", only("app.terminal knows the progress bar",
        type -> isIn(type, "dev.kasane.app.terminal"), type -> isIn(type, "me.tongfei")));
    rules.put("standard streams", noClasses().that().resideOutsideOfPackage("dev.kasane.app.terminal..")
        .should(ACCESS_STANDARD_STREAMS).because("results and messages leave by the door, app.terminal"));
    rules.put("opening files", noClasses().that().resideOutsideOfPackages(CORE + ".files..", "dev.kasane.testkit..")
        .should().callMethodWhere(describe("it opens a path to read", Rules::opens))
        .because("InputFile knows pipes, which wait for ever, and devices, which never end"));
    rules.put("System.exit", noClasses().that().doNotHaveFullyQualifiedName("dev.kasane.app.cli.Main")
        .should().callMethod(System.class, "exit", int.class)
        .orShould().callMethod(Runtime.class, "halt", int.class)
        .because("an exit in the middle loses what others still had to do"));
    rules.put("whole or not at all", noClasses().that().resideOutsideOfPackage(CORE + ".files..")
        .should().callMethodWhere(describe("it moves a file, or hooks into the process's end", Rules::belongsToFiles))
        .because("core.files is the one owner of writing beside a place, of moving, and of what is left"));
    rules.put("hashes", noClasses().that().doNotHaveFullyQualifiedName(CORE + ".files.Digests")
        .should().callMethodWhere(describe("it makes a digest", call -> calls(call, "java.security.MessageDigest",
            "getInstance"))).because("core.files.Digests makes them all"));
    rules.put("strict UTF-8", noClasses().that().doNotHaveFullyQualifiedName(CORE + ".files.Utf8")
        .and().resideOutsideOfPackage("dev.kasane.app.terminal..")
        .should().callMethodWhere(describe("it makes a decoder", call -> calls(call, "java.nio.charset.Charset",
            "newDecoder"))).because("core.files.Utf8 refuses what is no text; a terminal shows what it can"));
    rules.put("JSON", noClasses().that().doNotHaveFullyQualifiedName(CORE + ".Json")
        .and().resideOutsideOfPackage(CORE + ".safetensors..")
        .should().callCodeUnitWhere(describe("it makes a mapper", Rules::makesMapper))
        .because("core.Json has the ways to read and write it; a safetensors header is a format of its own"));
    rules.put("threads", noClasses().that().resideOutsideOfPackage(CORE + ".parallel..")
        .and().doNotHaveFullyQualifiedName(CORE + ".BoundedPattern")
        .and().doNotHaveFullyQualifiedName(CORE + ".files.ProcessEnd")
        .should().callCodeUnitWhere(describe("it starts threads", Rules::startsThreads))
        .because("core.parallel has the kits, which wait for what they started"));
    rules.put("home", noClasses().that().doNotHaveFullyQualifiedName("dev.kasane.app.Home")
        .should(ArchCondition.from(describe("names the property", type -> ClassStrings.of(type)
            .contains("kasane.home")))).because("app.Home alone asks where the distribution lies"));
    rules.put("steering by words", noClasses().that().resideOutsideOfPackage("dev.kasane.app.terminal..")
        .should().callMethodWhere(describe("it looks into a message",
        Rules::looksIntoMessage)).because("a message is for people; what callers ask has a type or a method. Only the system"
            + " tells of a closed pipe in no other way"));
    rules.put("one fault for files", noClasses().that().resideOutsideOfPackage("dev.kasane.app.cli..")
        .should(ArchCondition.from(describe("tells a known failure anew, or a checked one of its own",
            Rules::tellsAnew))).because("a reader throws FileFault, which names the file and the way out; it goes up as it"
            + " is, or UserException.behind says what it was for"));
    rules.put("numbers in a graph", noClasses().that().resideInAnyPackage(WITH_GRADIENTS)
        .should().callMethodWhere(describe("it takes a number beside a tensor", Rules::takesNumber))
        .because("backward reads the number from memory that may have been collected; OPS.scale takes it as it is"));
    rules.put("places of constants", noClasses()
        .should().callMethodWhere(describe("it hands a constant's place to an operator", Rules::handsPlace))
        .because("constants cross into scripts by name: one more before them must change nothing"));
    rules.put("tokenizers' internals", only("text.tokenizer touches DJL's native tokenizers",
        type -> isIn(type, "dev.kasane.text.tokenizer"), type -> isIn(type, "ai.djl.huggingface.tokenizers.jni")));
    rules.put("words stay on top", frozen(Frozen.WORDS, "names an option or a command",
        "app.cli alone knows options and commands; below, an error names the thing and what is allowed"));
    rules.put("names of types", frozen(Frozen.TYPE_NAMES, "spells an element type",
        "a type that travels as a string is parsed, and misspelt, in every place anew"));
    rules.put("garbage collection", frozen(Frozen.GARBAGE, "asks for a garbage collection",
        "what owns memory lets go of it"));
    rules.put("keys belong to formats", noClasses().that().resideInAPackage("dev.kasane.app..")
        .and().doNotHaveFullyQualifiedName("dev.kasane.app.inspect.Unread")
        .and().doNotHaveFullyQualifiedName("dev.kasane.app.inspect.Unread$Module")
        .and().doNotHaveFullyQualifiedName("dev.kasane.app.params.ParameterPlan")
        .should(ArchCondition.from(describe("speaks a file's words", Rules::namesKeys)))
        .because("a format knows its keys and metadata and a method its parameters; the application asks them"));
    rules.put("an adapter knows its layer", noMethods().that().areDeclaredInClassesThat()
        .areAssignableTo(CORE + ".spi.LayerAdapter").and().areNotStatic()
        .should().haveRawParameterTypes(describe("that name a layer", (List<JavaClass> types) ->
            types.stream().anyMatch(type -> type.isAssignableTo(CORE + ".spi.TargetLayer"))))
        .because("a layer that is handed in again could be another one"));
    rules.put("options are read once", noClasses().that().resideInAnyPackage("dev.kasane.plugin..", CORE + ".lowrank..")
        .should(ArchCondition.from(describe("keeps options, or takes them beside a layer", Rules::readsAgain)))
        .because("a method makes them its own record, before it sees any layer"));
    rules.put("nothing is unsupported", noClasses()
        .that().doNotHaveFullyQualifiedName("dev.kasane.app.plugins.HostPluginManager$NothingDisabled")
        .and().doNotHaveFullyQualifiedName("dev.kasane.quant.cpu.Lanes")
        .should().callCodeUnitWhere(describe("it makes the exception", call -> calls(call,
            "java.lang.UnsupportedOperationException", "<init>")))
        .because("who cannot answer a method is of a smaller type; only PF4J asks for more, and a machine may have less"));
    rules.put("long rows of values", noClasses().should().callConstructorWhere(describe("it hands a record of another"
        + " class more than " + LONGEST_ROW + " values", call -> call.getTargetOwner().isRecord()
            && call.getTarget().getRawParameterTypes().size() > LONGEST_ROW
            && !topLevel(call.getTargetOwner()).equals(topLevel(call.getOriginOwner()))))
        .because("records of small records, or a builder, say which value is which"));
    rules.put("unmapping", noClasses().that().doNotHaveFullyQualifiedName(CORE + ".files.FileWindow")
        .should(ArchCondition.from(describe("reaches for Unsafe", type -> ClassStrings.of(type)
            .contains("sun.misc.Unsafe"))))
        .because("core.files.FileWindow alone gives mapped memory back"));
    rules.put("rooms of one size", classes().that().resideInAPackage("dev.kasane..").should(ArchCondition.from(describe("share"
        + " their package with " + (SMALLEST_ROOM - 1) + " to " + (LARGEST_ROOM - 1) + " others", Rules::isInFittingRoom)))
        .because("a package of one or two is no place to look for, one of very many no place to find anything in"));
    rules.put("generic exceptions", NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS);
    return rules;
  }

  private static ArchRule frozen(Frozen habit, String what, String reason) {
    return noClasses().should(ArchCondition.from(describe(what + " and is not in the frozen list", habit::isNew)))
        .because(reason);
  }

  private static boolean isInFittingRoom(JavaClass type) {
    long classes = type.getPackage().getClasses().stream().filter(each -> !isChapter(each) && !each.isArray())
        .map(Rules::topLevel).distinct().count();
    return isChapter(type) || classes >= SMALLEST_ROOM && classes <= LARGEST_ROOM;
  }

  private static boolean isChapter(JavaClass type) {
    return type.getSimpleName().equals("package-info");
  }

  private static String topLevel(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }

  private static boolean namesKeys(JavaClass type) {
    Pattern words = Pattern.compile("lora_(?:down|up|mid|A\\b|B\\b|\\[|\\()|hada_|lokr_|(?<![a-z])ss_[a-z]");
    return ClassStrings.of(type).stream().anyMatch(text -> words.matcher(text).find());
  }

  private static boolean readsAgain(JavaClass type) {
    String options = CORE + ".spi.AdapterOptions";
    return type.getFields().stream().anyMatch(field -> field.getRawType().getName().equals(options))
        || type.getCodeUnits().stream().map(unit -> unit.getRawParameterTypes()).anyMatch(types ->
            types.stream().anyMatch(each -> each.getName().equals(options))
                && types.stream().anyMatch(each -> each.isAssignableTo(CORE + ".spi.TargetLayer")));
  }

  private static boolean belongsToFiles(JavaMethodCall call) {
    String called = call.getTargetOwner().getName() + "." + call.getName();
    return Set.of("java.nio.file.Files.move", "java.io.File.renameTo", "java.io.File.deleteOnExit",
        "java.nio.file.Files.createTempFile", "java.nio.file.Files.createTempDirectory",
        "java.lang.Runtime.addShutdownHook").contains(called);
  }

  private static boolean calls(JavaCall<?> call, String owner, String name) {
    return call.getTargetOwner().getName().equals(owner) && call.getName().equals(name);
  }

  private static boolean makesMapper(JavaCall<?> call) {
    JavaClass owner = call.getTargetOwner();
    return Set.of("com.fasterxml.jackson.databind.ObjectMapper", "com.fasterxml.jackson.databind.json.JsonMapper",
        "com.fasterxml.jackson.core.JsonFactory", "com.fasterxml.jackson.core.JsonFactoryBuilder")
        .contains(owner.getName()) && Set.of("<init>", "builder", "rebuild").contains(call.getName());
  }

  private static boolean startsThreads(JavaCall<?> call) {
    return calls(call, "java.lang.Thread", "<init>")
        || call.getTargetOwner().getName().equals("java.util.concurrent.Executors");
  }

  private static boolean tellsAnew(JavaClass type) {
    return type.isAssignableTo(IOException.class) || !WITH_ADVICE.contains(type.getName())
        && type.getCodeUnits().stream().filter(each -> each.getTryCatchBlocks().stream()
            .flatMap(block -> block.getCaughtThrowables().stream())
            .anyMatch(caught -> caught.isAssignableTo(UserException.class)))
        .anyMatch(each -> each.getConstructorCallsFromSelf().stream()
            .anyMatch(call -> call.getTargetOwner().isEquivalentTo(UserException.class)));
  }

  /** A message and a search of a text on one line, which is as far as bytecode shows it. */
  private static boolean looksIntoMessage(JavaMethodCall call) {
    return call.getTargetOwner().getName().equals("java.lang.String")
        && Set.of("contains", "startsWith", "endsWith", "matches", "indexOf").contains(call.getName())
        && call.getOrigin().getMethodCallsFromSelf().stream().anyMatch(other -> other.getName().equals("getMessage")
            && other.getLineNumber() == call.getLineNumber() && other.getTargetOwner().isAssignableTo(Throwable.class));
  }

  private static boolean opens(JavaMethodCall call) {
    return call.getTargetOwner().getName().equals("java.nio.file.Files") && Set.of("newInputStream", "readString",
        "readAllBytes", "readAllLines", "lines", "newBufferedReader").contains(call.getName());
  }

  private static boolean handsPlace(JavaMethodCall call) {
    return call.getName().equals("ordinal") && call.getTargetOwner().isAssignableTo(Enum.class)
        && call.getOrigin().getMethodCallsFromSelf().stream()
            .anyMatch(other -> other.getTargetOwner().getSimpleName().endsWith("Ops")
                && other.getLineNumber() == call.getLineNumber());
  }

  private static boolean takesNumber(JavaMethodCall call) {
    return call.getTargetOwner().getName().equals("ai.djl.ndarray.NDArray")
        && call.getTarget().getRawParameterTypes().stream().anyMatch(type -> type.getName().equals("java.lang.Number"));
  }

  private static ArchRule coreArrows(String name, Set<String> targets) {
    String self = CORE + "." + name;
    DescribedPredicate<JavaClass> forbidden = describe("are of Kasane beyond " + targets, type ->
        isOurs(type) && !isIn(type, self) && !type.getPackageName().equals(CORE)
            && targets.stream().noneMatch(target -> isIn(type, CORE + "." + target)));
    // Packages come with their own changes; that each that exists is in the table is a test of its own.
    return noClasses().that().resideInAPackage(self + "..").should().dependOnClassesThat(forbidden)
        .allowEmptyShould(true);
  }

  private static ArchRule sees(String from, String... allowed) {
    List<String> packages = Arrays.asList(allowed);
    return noClasses().that().resideInAPackage(from + "..").should().dependOnClassesThat(
        describe("are of Kasane beyond " + packages,
            type -> isOurs(type) && packages.stream().noneMatch(each -> isIn(type, each))));
  }

  /** A slice for each class with what is nested in it, so that circles inside a package show too. */
  private record TopLevel(String packageName) implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return isIn(type, packageName)
          ? SliceIdentifier.of(type.getName().replaceFirst("\\$.*", "")) : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "each class of " + packageName;
    }
  }

  private static ArchRule only(String reason, Predicate<JavaClass> who,
      Predicate<JavaClass> what) {
    return classes().that(describe("are elsewhere", type -> !who.test(type)))
        .should().onlyDependOnClassesThat(describe("are open to all", type -> !what.test(type)))
        .because("only " + reason);
  }

  private static boolean isOurs(JavaClass type) {
    return type.getName().startsWith(ALL);
  }

  /** Whether a class is in a package or below it. */
  static boolean isIn(JavaClass type, String packageName) {
    String name = type.getPackageName();
    return name.equals(packageName) || name.startsWith(packageName + ".");
  }
}
