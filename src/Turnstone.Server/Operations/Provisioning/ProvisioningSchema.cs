using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Turnstone.Server.Operations.Provisioning;

/// <summary>
/// The JSON schema of a provisioning file, from the types that read it. <c>docs/provisioning.schema.json</c> holds it,
/// so that editors know the members.
/// </summary>
public static class ProvisioningSchema
{
    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Describe,
    };

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var schema = ProvisioningJson.Default.ProvisioningFile.GetJsonSchemaAsNode(Options).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "A provisioning file of Turnstone");
        return $"{schema.ToJsonString(Indented)}\n";
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        var words = context
            .PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: false)
            .OfType<DescriptionAttribute>()
            .FirstOrDefault();
        if (words is not null && schema is JsonObject described)
        {
            described.Insert(0, "description", words.Description);
        }

        return schema;
    }
}
