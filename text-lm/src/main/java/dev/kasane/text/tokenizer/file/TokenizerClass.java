package dev.kasane.text.tokenizer.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kasane.core.UserException;
import dev.kasane.core.VisibleText;
import dev.kasane.core.files.FileFault;
import dev.kasane.core.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The class with which transformers 5 opens a tokeniser. Most of its classes take nothing from {@code
 * tokenizer.json} but vocabulary, joins and the marks around a text, and bring the rest themselves.
 */
public enum TokenizerClass {
  /** The file as it stands. */
  AS_WRITTEN("PreTrainedTokenizerFast"),
  LLAMA("LlamaTokenizer", "bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"),
  CODE_LLAMA("CodeLlamaTokenizer", "bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>",
      "prefix_token", "\u2581<PRE>", "middle_token", "\u2581<MID>", "suffix_token", "\u2581<SUF>",
      "eot_token", "\u2581<EOT>", "fill_token", "<FILL_ME>"),
  GEMMA("GemmaTokenizer", "bos_token", "<bos>", "eos_token", "<eos>", "unk_token", "<unk>", "pad_token", "<pad>",
      "mask_token", "<mask>"),
  GPT2("GPT2Tokenizer", "bos_token", TokenizerClass.END, "eos_token", TokenizerClass.END,
      "unk_token", TokenizerClass.END),
  GPT_NEOX("GPTNeoXTokenizer", "bos_token", TokenizerClass.END, "eos_token", TokenizerClass.END,
      "unk_token", TokenizerClass.END, "pad_token", "<|padding|>"),
  QWEN2("Qwen2Tokenizer", "eos_token", TokenizerClass.END, "unk_token", TokenizerClass.END,
      "pad_token", TokenizerClass.END),
  QWEN3_5("Qwen3_5Tokenizer", "eos_token", TokenizerClass.END, "unk_token", TokenizerClass.END,
      "pad_token", TokenizerClass.END),
  ROBERTA("RobertaTokenizer", "bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>", "sep_token", "</s>",
      "pad_token", "<pad>", "cls_token", "<s>", "mask_token", "<mask>"),
  T5("T5Tokenizer", "eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>"),
  COHERE("CohereTokenizer", "bos_token", "<BOS_TOKEN>", "eos_token", "<|END_OF_TURN_TOKEN|>", "unk_token", "<UNK>",
      "pad_token", "<PAD>", "cls_token", "<CLS>", "sep_token", "<SEP>", "mask_token", "<MASK_TOKEN>");

  /** What to do about a folder whose files are not read. */
  public static final String ADVICE = "Put a tokenizer.json into the folder: many models have one, and in Python"
      + " transformers.AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER) writes one.";
  private static final String END = "<|endoftext|>";
  private static final String FAST = "Fast";
  private static final String NAME = "tokenizer_class";
  /** The classes of transformers 5.24 with rules of their own that are not here. */
  private static final Set<String> ELSEWHERE = Set.of("Albert", "Barthez", "Bartpho", "BertGeneration",
      "BertJapanese", "Bert", "Bertweet", "BigBird", "BioGpt", "Blenderbot", "BlenderbotSmall", "ByT5", "CLIP", "CTRL",
      "Camembert", "Canine", "Clvp", "CpmAnt", "Cpm", "DPRQuestionEncoder", "DebertaV2", "Deberta", "Dia", "DistilBert",
      "Electra", "Esm", "Esmc", "FSMT", "Flaubert", "Funnel", "GPTNeoXJapanese", "GPTSw3", "Herbert", "Lasr",
      "LayoutLM", "LayoutLMv2", "LayoutLMv3", "LayoutXLM", "Luke", "Lxmert", "M2M100", "MBart50",
      "MBart", "MLuke", "MPNet", "Marian", "MarkupLM", "Mgpstr", "MobileBert", "MyT5", "Nllb", "Nougat",
      "OpenAIGPT", "PLBart", "Pegasus", "Perceiver", "Phobert", "ProphetNet", "Rag", "Reformer", "RemBert", "RoCBert",
      "RoFormer", "SeamlessM4T", "Siglip2", "Siglip", "Speech2Text", "SpeechT5", "Splinter", "SqueezeBert",
      "Tapas", "Udop", "Vits", "Wav2Vec2CTC", "Wav2Vec2PhonemeCTC", "Whisper", "XGLM", "XLMRoberta", "XLM",
      "XLNet");
  /** Further names of the same class. */
  private static final Map<String, TokenizerClass> ALIASES = Map.of("Phi3Tokenizer", LLAMA, "CodeGenTokenizer", GPT2,
      "BartTokenizer", ROBERTA, "LEDTokenizer", ROBERTA, "LongformerTokenizer", ROBERTA, "MvpTokenizer", ROBERTA,
      "TokenizersBackend", AS_WRITTEN, "BloomTokenizer", AS_WRITTEN);
  /** Those that read vocab.json and merges.txt. */
  private static final Set<TokenizerClass> BYTE_PAIRS = Set.of(GPT2, GPT_NEOX, QWEN2, ROBERTA, COHERE);
  /** What transformers takes for a model's type where no class is named. */
  private static final Map<String, TokenizerClass> REGISTERED = Map.of("gpt2", GPT2, "opt", GPT2,
      "gpt_neox", GPT_NEOX, "gemma2", GEMMA, "qwen2", QWEN2);

  private final String className;
  /** The marks that it has where the configuration does not speak of them, by name. */
  private final Map<String, String> marks = new LinkedHashMap<>();

  TokenizerClass(String className, String... namesAndTexts) {
    this.className = className;
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      marks.put(namesAndTexts[i], namesAndTexts[i + 1]);
    }
  }

  /**
   * The class for a folder: the one that {@code tokenizer_config.json} or {@code config.json} names, else that of the
   * model's type; for Qwen 2 always its own, for Mistral always the file as it stands, and so for a Llama
   * whose file is byte-level.
   *
   * @param byteLevel whether there is a tokenizer.json that works with bytes
   * @throws UserException when transformers has rules of its own for the class, which are not here
   */
  public static TokenizerClass of(Path folder, boolean byteLevel) {
    String type = modelType(folder);
    String name = name(folder);
    TokenizerClass registered = REGISTERED.getOrDefault(type, AS_WRITTEN);
    if (type.equals("mistral")) {
      return AS_WRITTEN;
    }
    if (name.isEmpty() || registered == QWEN2) {
      return registered;
    }
    TokenizerClass named = find(name).orElse(AS_WRITTEN);
    if (named == AS_WRITTEN && ELSEWHERE.contains(plain(name).replaceFirst("Tokenizer$", ""))) {
      throw new FileFault(folder.resolve(TokenizerFiles.CONFIGURATION), "the tokeniser is of the class "
          + VisibleText.quote(name) + ", whose rules this program does not have. If tokenizer.json is to be taken as it"
          + " stands, set \"" + NAME + "\" to \"" + AS_WRITTEN.className + "\".");
    }
    return named == LLAMA && byteLevel ? AS_WRITTEN : named;
  }

  /**
   * The class for a folder without tokenizer.json, where all depends on it.
   *
   * @throws UserException when a class is named that is not known here
   */
  public static TokenizerClass ofOlderFiles(Path folder) {
    String name = name(folder);
    if (!name.isEmpty() && find(name).isEmpty()) {
      boolean bringsCode =
          TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.CONFIGURATION)).has("auto_map");
      throw new UserException(folder + " has a tokeniser of the class " + VisibleText.quote(name)
          + (bringsCode ? ", which is run by code that comes with the model"
              : ", whose rules this program does not have") + ". " + ADVICE);
    }
    return of(folder, false);
  }

  private static String modelType(Path folder) {
    return TokenizerFiles.readObjectIfThere(folder.resolve(TokenizerFiles.MODEL)).path("model_type").asText();
  }

  /** The class that a file names, empty if none does. */
  private static String name(Path folder) {
    return Stream.of(TokenizerFiles.CONFIGURATION, TokenizerFiles.MODEL)
        .map(file -> TokenizerFiles.readObjectIfThere(folder.resolve(file)).path(NAME))
        .filter(JsonNode::isTextual).map(JsonNode::asText).findFirst().orElse("");
  }

  private static Optional<TokenizerClass> find(String name) {
    String plain = plain(name);
    return Arrays.stream(values()).filter(value -> plain(value.className).equals(plain)).findFirst()
        .or(() -> Optional.ofNullable(ALIASES.get(plain)));
  }

  /** Since transformers 5 a class with "Fast" is the same as one without. */
  private static String plain(String name) {
    return name.endsWith(FAST) ? name.substring(0, name.length() - FAST.length()) : name;
  }

  /** Whether it reads {@code vocab.json} and {@code merges.txt}; of the others, all read a SentencePiece model. */
  public boolean readsBytePairs() {
    return BYTE_PAIRS.contains(this);
  }

  /** Whether it puts around a text what it likes, whatever a tokenizer.json says. */
  boolean surroundsItself() {
    return this == GPT_NEOX || this == CODE_LLAMA || this == ROBERTA || this == T5;
  }

  /** Names the marks that the class has where the settings do not speak of them. */
  public void addDefaults(SideFiles files) {
    Map<String, AddedToken> read = new LinkedHashMap<>(files.specific());
    files.specific().clear();
    marks.forEach((name, text) -> {
      if (!SideFiles.ROLES.contains(name)) {
        files.specific().put(name, AddedToken.mark(text));
      } else if (!files.settings().has(name)) {
        files.settings().put(name, text);
      }
    });
    files.specific().putAll(read);
  }

  /** Adds once more what the class adds at the end. */
  void addAgain(SideFiles files, AddedVocabulary vocabulary) {
    if (this == QWEN2) {
      files.named().values().forEach(token -> vocabulary.add(AddedToken.mark(token.content())));
      files.extra().forEach(token -> vocabulary.add(AddedToken.mark(token.content())));
    } else if (this == COHERE) {
      files.named().values().forEach(token -> vocabulary.add(token.asMark()));
      files.extra().forEach(token -> vocabulary.add(token.asMark()));
    }
  }

  /** The name of the class. */
  public String className() {
    return className;
  }
}
