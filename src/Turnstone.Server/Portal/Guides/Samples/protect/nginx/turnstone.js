// The scopes of a token that was validated before, each between spaces.
function scopes(request) {
  try {
    const claims = request.headersIn.Authorization.split(" ")[1].split(".")[1];
    return ` ${JSON.parse(Buffer.from(claims, "base64url").toString()).scope} `;
  } catch (error) {
    return "";
  }
}

export default { scopes };
