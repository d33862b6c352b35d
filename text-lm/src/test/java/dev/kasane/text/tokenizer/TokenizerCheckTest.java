package dev.kasane.text.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kasane.core.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The library behind tokenizer.json ends the program on each of these; what is let through, it survives. */
class TokenizerCheckTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FILE = Path.of("folder", "tokenizer.json");
  private static final String[] TEXTS = {"", "a", "ab abc é\uD83D\uDE42 <unk> ▁a b\n\n x 123", "<s>a</s> ",
      "a".repeat(99) + "!", " ".repeat(50), "\uD83D\uDE42\u0301e\u0301ﬁ\u00a0\u200d\ufffd\u0000"};

  private static Tokenizer open(String component, String value) throws JsonProcessingException {
    ObjectNode json = (ObjectNode) JSON.readTree(("{'model': {'type': 'BPE', 'vocab': {'<s>': 0, 'a': 1, 'b': 2,"
        + " 'ab': 3}, 'merges': [['a', 'b']]}, 'added_tokens': []}").replace('\'', '"'));
    JsonNode read = JSON.readTree(value.replace('\'', '"'));
    if (component.equals("model")) {
      ((ObjectNode) json.get("model")).setAll((ObjectNode) read);
    } else {
      json.set(component, read);
    }
    return JsonTokenizer.of(Path.of("nowhere"), FILE, json);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '¦', quoteCharacter = '`', value = {
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'(a+)+$'},'behavior':'Isolated','invert':false}¦pre_tokeniz"
        + "er.pattern"
        + " is the regular expression '(a+)+$', which repeats without end what itself matches in several ways",
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'(?:a|a)*$'}}¦repeats without end",
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'a*a*a*b'}}¦may take more than 8000000 steps",
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'(?:a?){30}b'}}¦may take more than",
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'(?x)a #('}}¦uses the group '(?x)', which this program",
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'(a)\\\\1'}}¦uses \\1, which",
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'(?<=a*)b'}}¦looks back without end",
    "pre_tokenizer¦{'type':'Split','pattern':{'Regex':'a{9999}'}}¦repeats an item {9999} times",
    "pre_tokenizer¦{'type':'Sequence','pretokenizers':[{'type':'FixedLength','length':0}]}¦pretokenizers[0].lengt"
        + "h is '0'",
    "pre_tokenizer¦{'behavior':'Isolated'}¦pre_tokenizer is of the type '', which this program does not know",
    "normalizer¦{'type':'Old','normalizers':[{'type':'Precompiled'}]}¦normalizer is of the type '\"Old\"', which",
    "normalizer¦{'type':'Replace','pattern':{'Regex':'x*'},'content':'y'}¦normalizer.pattern matches where nothin"
        + "g stands",
    "normalizer¦{'type':'Replace','pattern':{'String':''},'content':'y'}¦matches where nothing stands",
    "normalizer¦{'type':'Replace','pattern':{'Regex':'(x+x+)+y'},'content':'y'}¦repeats without end",
    "normalizer¦{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'0123456789'},{'type':'Replace','pa"
        + "ttern':"
        + "{'String':'a'},'content':'0123456789'}]}¦normalizers[1] makes texts more than 64 times as long",
    "normalizer¦{'type':'Prepend','prepend':''}¦normalizer.prepend is no text",
    "normalizer¦{'type':'Precompiled','precompiled_charsmap':'!'}¦precompiled_charsmap is damaged",
    "normalizer¦{'type':'Precompiled','precompiled_charsmap':null}¦precompiled_charsmap is damaged",
    "normalizer¦{'type':'Precompiled','precompiled_charsmap':'BAAAAP///38='}¦leads out of itself",
    "post_processor¦{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':"
        + "'A','type_id':0}}],'special_tokens':{}}¦single[0] is the mark '<s>', which post_processor.special_tokens",
    "post_processor¦{'type':'TemplateProcessing','single':[{'Sequence':{'id':'B','type_id':0}}]}¦the text 'B'",
    "post_processor¦{'type':'TemplateProcessing','single':[{'Sequence':{'id':'A','type_id':0}}],'special_tokens':"
        + "{'<s>':"
        + "{'id':'<s>','ids':[7],'tokens':['<s>']}}}¦ids[0] is the id '7', but the vocabulary has the ids 0 to 3",
    "post_processor¦{'type':'BertProcessing','sep':['<s>',4],'cls':['<s>',0]}¦sep[1] is the id '4'",
    "decoder¦{'type':'Strip','content':'a','start':0,'stop':1001}¦decoder.stop is '1001', expected a whole number from "
        + "0 to 1000",
    "decoder¦{'type':'Strip','content':'a','start':1001,'stop':1}¦decoder.start is '1001', expected a whole number",
    "decoder¦{'type':'Replace','pattern':{'Regex':'(a|a)*b'},'content':'y'}¦decoder.pattern is the regular expression",
    "decoder¦{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'a'},'content':'aaaaaaaaaa'},{'type':"
        + "'Replace','pattern':{'String':'a'},'content':'aaaaaaaaaa'}]}¦decoders[1] makes texts more than 64",
    "model¦{'continuing_subword_prefix':'##'}¦merges[0] joins 'b', which does not begin with the prefix '##'",
    "model¦{'max_input_chars_per_word':100000}¦model.max_input_chars_per_word is '100000'",
    "model¦{'vocab':{'a':4294967295}}¦model.vocab gives 'a' the id '4294967295'",
    "model¦{'vocab':{'a':-1}}¦model.vocab gives 'a' the id '-1'",
    "added_tokens¦[{'id':-1,'content':'x'}]¦added_tokens[0] gives 'x' the id '-1'",
    "added_tokens¦[{'id':4,'content':'  ','lstrip':true}]¦is made of spaces and takes the spaces before it"
  })
  void refusesWhatEndsTheProgram(String component, String value, String message) {
    assertThatThrownBy(() -> open(component, value)).isInstanceOf(UserException.class)
        .hasMessageStartingWith(FILE + ": ").hasMessageContaining(message).hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "{'type':'Strip','strip_left':true,'strip_right':true}|' '",
    "{'type':'Replace','pattern':{'String':'a'},'content':''}|'aa'",
    "{'type':'Replace','pattern':{'Regex':'[a-c]+'},'content':''}|'abc'",
    "{'type':'StripAccents'}|'\u0301'"
  })
  void refusesTokensOfWhichNothingIsLeft(String normalizer, String token) throws JsonProcessingException {
    ObjectNode json = (ObjectNode) JSON.readTree("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merge"
        + "s\": []}}");
    json.set("normalizer", JSON.readTree(normalizer.replace('\'', '"')));
    json.putArray("added_tokens").addObject().put("id", 1).put("content", token.replace("'", ""))
        .put("normalized", true);
    assertThatThrownBy(() -> JsonTokenizer.of(Path.of("nowhere"), FILE, json)).isInstanceOf(UserException.class)
        .hasMessageContaining("added_tokens[0] is searched for in normalised texts");
  }

  /** The library itself fails over tokens that are shorter than what goes at their ends. */
  @Test
  void takesAwayWhatStandsAtBothEnds() throws JsonProcessingException {
    Tokenizer tokenizer = open("decoder", "{'type':'Sequence','decoders':["
        + "{'type':'Fuse'},{'type':'Strip','content':'a',"
        + "'start':1,'stop':2}]}");
    assertThat(tokenizer.decode(new int[] {1, 1, 2, 1, 2, 1, 1, 1}, false)).isEqualTo("ababa");
    assertThat(tokenizer.decode(new int[] {1}, false)).isEmpty();
    assertThat(tokenizer.decode(new int[] {1, 1}, false)).isEmpty();
    assertThat(tokenizer.decode(new int[] {1, 1, 1, 1}, false)).isEqualTo("a");
    assertThat(tokenizer.decode(new int[] {2}, false)).isEqualTo("b");
  }

  @Test
  void longerNormalisedTextsAreGivenInSmallerPieces() throws JsonProcessingException {
    String splitter = "{'type':'Split','pattern':{'Regex':'\\\\p{N}{1,3}(?=(?:\\\\p{N}{3})*(?:\\\\P{N}|$))'},"
        + "'behavior':'Isolated','invert':false}";
    ObjectNode json = (ObjectNode) JSON.readTree(("{'model': {'type': 'BPE', 'vocab': {'1': 0, 'b': 1}, 'merges': []},"
        + "'normalizer': {'type': 'NFKC'}, 'pre_tokenizer': " + splitter + "}").replace('\'', '"'));
    Tokenizer tokenizer = JsonTokenizer.of(Path.of("nowhere"), FILE, json);
    assertThat(tokenizer.encode("11111b".repeat(10_000), false)).hasSize(60_000);
  }

  /** What published tokenisers split by. */
  /** A tokeniser of many components with some of its values changed; a fault here ends the tests' machine. */
  @Property(tries = 400)
  void survivesWhateverIsChanged(@ForAll long seed) throws JsonProcessingException {
    Random random = new Random(seed);
    ObjectNode json = (ObjectNode) JSON.readTree(Components.TOKENIZER);
    for (String part : List.of("normalizer", "pre_tokenizer", "post_processor", "decoder")) {
      json.set(part, Components.some(part, random));
    }
    for (int changes = random.nextInt(3); changes > 0; changes--) {
      change(json, random);
    }
    try {
      Tokenizer tokenizer = JsonTokenizer.of(Path.of("nowhere"), FILE, json);
      for (String text : TEXTS) {
        int[] ids = tokenizer.encode(text, random.nextBoolean());
        tokenizer.decode(ids, random.nextBoolean());
      }
    } catch (UserException e) {
      assertThat(e.getMessage()).contains("tokenizer.json");
    }
  }

  private static void change(ObjectNode json, Random random) {
    List<JsonNode> containers = new ArrayList<>(List.of(json));
    for (int i = 0; i < containers.size(); i++) {
      containers.get(i).forEach(child -> {
        if (child.isContainerNode()) {
          containers.add(child);
        }
      });
    }
    JsonNode container = containers.get(random.nextInt(containers.size()));
    if (container.isEmpty()) {
      return;
    }
    int place = random.nextInt(container.size());
    JsonNode odd = Components.odd(random);
    if (container instanceof ArrayNode array) {
      array.set(place, odd);
    } else {
      List<String> names = new ArrayList<>();
      container.fieldNames().forEachRemaining(names::add);
      ((ObjectNode) container).set(names.get(place), odd);
    }
  }
}
