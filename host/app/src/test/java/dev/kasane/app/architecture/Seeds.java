package dev.kasane.app.architecture;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** For every rule the sources of classes that break it, and nothing but it where that can be. */
final class Seeds {
  private Seeds() {}

  static Map<String, List<String>> all() {
    Map<String, List<String>> seeds = new LinkedHashMap<>();
    seeds.put("core.natives", List.of(uses("dev.kasane.core.natives", "dev.kasane.core.tensor.Ops")));
    seeds.put("core.files", List.of(uses("dev.kasane.core.files", "dev.kasane.core.safetensors.DType")));
    seeds.put("core.parallel", List.of(uses("dev.kasane.core.parallel", "dev.kasane.core.tensor.Ops")));
    seeds.put("core.safetensors", List.of(uses("dev.kasane.core.safetensors", "dev.kasane.core.tensor.Ops")));
    seeds.put("core.pickle", List.of(uses("dev.kasane.core.pickle", "dev.kasane.core.tensor.Ops")));
    seeds.put("core.tokenizer", List.of(uses("dev.kasane.core.tokenizer", "dev.kasane.core.tensor.Ops")));
    seeds.put("core.tensor", List.of(uses("dev.kasane.core.tensor", "dev.kasane.core.module.Linear")));
    seeds.put("core.spi", List.of(uses("dev.kasane.core.spi", "dev.kasane.core.module.Linear")));
    seeds.put("core.lowrank", List.of(uses("dev.kasane.core.lowrank", "dev.kasane.core.module.Linear")));
    seeds.put("core.module", List.of(uses("dev.kasane.core.module", "dev.kasane.core.training.Trainer")));
    seeds.put("core.injection", List.of(
        uses("dev.kasane.core.injection", "dev.kasane.core.training.Trainer")));
    seeds.put("core.algebra", List.of(uses("dev.kasane.core.algebra", "dev.kasane.core.training.Trainer")));
    seeds.put("core.family", List.of(uses("dev.kasane.core.family", "dev.kasane.app.Version")));
    seeds.put("core.checkpoint", List.of(
        uses("dev.kasane.core.checkpoint", "dev.kasane.core.training.Trainer")));
    seeds.put("core.training", List.of(uses("dev.kasane.core.training", "dev.kasane.app.Version")));
    seeds.put("quant sees core only", List.of(uses("dev.kasane.quant.cpu", "dev.kasane.app.Version")));
    seeds.put("diffusion sees core only", List.of(
        uses("dev.kasane.diffusion.unet", "dev.kasane.app.Version")));
    seeds.put("text sees core only", List.of(uses("dev.kasane.text.model", "dev.kasane.diffusion.unet.UNetConfig")));
    seeds.put("the GPU half", List.of(uses("dev.kasane.quant.optimizer", "dev.kasane.quant.cuda.QuantKernels")));
    seeds.put("quant runs one way", List.of("package dev.kasane.quant; class Seed { Other other; }"
        + " class Other { Seed seed; }"));
    seeds.put("plugins see core only", List.of(uses("dev.kasane.plugin.one", "dev.kasane.app.Version")));
    seeds.put("plugins do not see one another", List.of(
        "package dev.kasane.plugin.two; public class Other {}",
        uses("dev.kasane.plugin.one", "dev.kasane.plugin.two.Other")));
    seeds.put("app sees no plugin", List.of(
        "package dev.kasane.plugin.two; public class Other {}",
        uses("dev.kasane.app", "dev.kasane.plugin.two.Other")));
    seeds.put("families through the seam", List.of(
        uses("dev.kasane.app.training", "dev.kasane.diffusion.unet.UNetConfig")));
    seeds.put("commands hold options", List.of(uses("dev.kasane.app.cli.train", "dev.kasane.quant.Quantizer")));
    seeds.put("no test kit in the product", List.of(
        "package dev.kasane.testkit; public class Kit {}",
        uses("dev.kasane.core.spi", "dev.kasane.testkit.Kit")));
    seeds.put("no cycles", List.of(
        "package dev.kasane.app.cli.left; public class Left { dev.kasane.app.cli.right.Right other; }",
        "package dev.kasane.app.cli.right; public class Right { dev.kasane.app.cli.left.Left other; }"));
    seeds.put("DJL's internals", List.of(uses("dev.kasane.diffusion.unet", "ai.djl.pytorch.jni.JniUtils")));
    seeds.put("the bridge", List.of(uses("dev.kasane.plugin.one", "ai.djl.pytorch.jni.TorchBridge")));
    seeds.put("the door to memory", List.of(does("dev.kasane.diffusion.training",
        "ai.djl.pytorch.jni.TorchBridge.memory(null);")));
    seeds.put("PF4J's manager", List.of(uses("dev.kasane.app.cli", "org.pf4j.PluginManager")));
    seeds.put("picocli", List.of(uses("dev.kasane.core.spi", "picocli.CommandLine")));
    seeds.put("progress bars", List.of(uses("dev.kasane.app.cli", "me.tongfei.progressbar.ProgressBar")));
    seeds.put("standard streams", List.of(does("dev.kasane.app.cli", "System.out.println(1);")));
    seeds.put("opening files", List.of("package dev.kasane.core.module; class Seed { void act() throws Exception {"
        + " java.nio.file.Files.readString(java.nio.file.Path.of(\"x\")); } }"));
    seeds.put("System.exit", List.of(does("dev.kasane.app.cli", "System.exit(3);")));
    seeds.put("whole or not at all", List.of(does("dev.kasane.plugin.one",
        "Runtime.getRuntime().addShutdownHook(new Thread());")));
    seeds.put("hashes", List.of("package dev.kasane.plugin.one; class Seed { void act() throws Exception {"
        + " java.security.MessageDigest.getInstance(\"SHA-256\"); } }"));
    seeds.put("strict UTF-8", List.of(does("dev.kasane.plugin.one",
        "java.nio.charset.StandardCharsets.UTF_8.newDecoder();")));
    seeds.put("JSON", List.of(does("dev.kasane.plugin.one", "new com.fasterxml.jackson.databind.ObjectMapper();")));
    seeds.put("threads", List.of(does("dev.kasane.plugin.one", "new Thread(() -> { }).start();")));
    seeds.put("home", List.of(does("dev.kasane.app.cli", "System.getProperty(\"kasane.home\");")));
    seeds.put("steering by words", List.of(does("dev.kasane.core.training",
        "boolean known = new IllegalStateException(\"x\").getMessage().contains(\"x\");")));
    seeds.put("one fault for files", List.of(does("dev.kasane.plugin.one", "try { hashCode(); }"
        + " catch (dev.kasane.core.UserException e) { throw new dev.kasane.core.UserException(e.getMessage(), e); }")));
    seeds.put("numbers in a graph", List.of(
        does("dev.kasane.plugin.one", "ai.djl.ndarray.NDArray tensor = null; tensor.mul(2);")));
    seeds.put("places of constants", List.of(does("dev.kasane.text.model",
        "dev.kasane.core.tensor.Ops.OPS.scale(null, Thread.State.NEW.ordinal());")));
    seeds.put("tokenizers' internals", List.of(
        uses("dev.kasane.text.model", "ai.djl.huggingface.tokenizers.jni.CharSpan")));
    seeds.put("words stay on top", List.of(does("dev.kasane.core.training",
        "String advice = \"Take \" + hashCode() + \" or give --overwrite.\";")));
    seeds.put("names of types", List.of(does("dev.kasane.core.training", "String type = \"bfloat16\";")));
    seeds.put("garbage collection", List.of(does("dev.kasane.core.training", "System.gc();")));
    seeds.put("keys belong to formats", List.of(does("dev.kasane.app.cli",
        "boolean ours = toString().endsWith(\".lora_down.weight\");")));
    seeds.put("an adapter knows its layer", List.of("package dev.kasane.plugin.one; interface Seed"
        + " extends dev.kasane.core.spi.LayerAdapter { void act(dev.kasane.core.spi.TargetLayer other); }"));
    seeds.put("options are read once", List.of("package dev.kasane.plugin.one; interface Seed { void fresh("
        + "dev.kasane.core.spi.TargetLayer layer, dev.kasane.core.spi.AdapterOptions options); }"));
    seeds.put("nothing is unsupported", List.of(does("dev.kasane.core.injection",
        "throw new UnsupportedOperationException();")));
    seeds.put("long rows of values", List.of("package dev.kasane.core.one; record Row(int a, int b, int c, int d,"
        + " int e, int f, int g, int h, int i, int j, int k, int l) {}",
        does("dev.kasane.core.one", "new Row(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);")));
    seeds.put("unmapping", List.of(does("dev.kasane.core.files",
        "try { Class.forName(\"sun.misc.Unsafe\"); } catch (Exception e) { }")));
    seeds.put("rooms of one size", List.of("package dev.kasane.core.two; class One {}",
        "package dev.kasane.core.two; class Two {}"));
    seeds.put("generic exceptions", List.of(does("dev.kasane.core.module", "throw new RuntimeException();")));
    return seeds;
  }

  private static String uses(String packageName, String other) {
    return "package " + packageName + "; class Seed { " + other + " field; }";
  }

  private static String does(String packageName, String statement) {
    return "package " + packageName + "; class Seed { void act() { " + statement + " } }";
  }
}
