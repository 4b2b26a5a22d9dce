using System.Text.Json.Serialization;

namespace Turnstone.Storage.Blocks;

[JsonSerializable(typeof(string[]))]
internal sealed partial class BlockJson : JsonSerializerContext;
