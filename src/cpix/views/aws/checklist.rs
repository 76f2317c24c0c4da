//! Steps in the AWS consoles that the settings of these views depend on, with the policies to copy.
//!
//! Source: PallyCon, "AWS Elemental Integration": MediaConvert-role, SPEKEAccess, MediaLive's output groups, separate
//! outputs, endpoints by scheme. The policies are those of MediaConvert's user guide, "Setting up IAM permissions", and
//! of MediaPackage's, "Allowing AWS Elemental MediaPackage to access other AWS services".

use super::*;

/// The list of steps.
pub const VIEW: View = View {
    name: "aws-checklist",
    function: "awsChecklist",
    title: "The steps in the AWS consoles, with IAM roles and trust policies to copy.",
    options: &[
        required("service", Kind::OneOf(&["mediaconvert", "mediapackage-v1", "mediapackage"])).doc("whose steps"),
        optional("bucket", Kind::Text).doc("of MediaConvert's input and output, for the policy; default YOUR_BUCKET"),
    ],
    make: Make::Options(view),
    #[cfg(test)]
    types: crate::cpix::views::typescript::Types {
        options: "AwsChecklistOptions",
        returns: "AwsStep[]",
        declarations: "
export interface AwsStep {
  where: string;
  what: string;
  /** a role's documents, to copy */
  role?: { name: string; trustPolicy: object; policy: object };
}
",
    },
};

fn view(options: &Value) -> Result<Value, Error> {
    let bucket = options.field("bucket").unwrap_or("YOUR_BUCKET");
    Ok(Value::Array(match options.field("service").unwrap_or_default() {
        "mediaconvert" => mediaconvert(bucket)?,
        "mediapackage-v1" => [mediapackage(), live_v1()].concat(),
        _ => [mediapackage(), live_v2()].concat(),
    }))
}

fn mediaconvert(bucket: &str) -> Result<Vec<Value>, Error> {
    // S3's own rule for names; anything else would change the policy.
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    if bucket != "YOUR_BUCKET" && !bucket.bytes().all(is_name) {
        return Err(CHECK.refuse(Reason::ViewAwsBucket));
    }
    let files = [["arn:aws:s3:::", bucket].concat(), ["arn:aws:s3:::", bucket, "/*"].concat()];
    let s3 = allow(&["s3:Get*", "s3:List*", "s3:Put*"], &files);
    Ok(vec![
        role(
            "IAM, Roles",
            "Create the role MediaConvert-role for the service MediaConvert, with access to S3 and API Gateway, and choose it in the job's settings.",
            "MediaConvert-role",
            trust(&["mediaconvert.amazonaws.com"]),
            vec![s3, invoke()],
        ),
        step(
            "MediaConvert, output groups",
            "Put audio and video into separate outputs: otherwise a DASH group for Widevine does not play.",
        ),
        step("MediaConvert, DRM encryption", "Leave the certificate ARN empty, and choose the compatibility CENC v1 for DASH."),
        step(
            "MediaConvert, CMAF",
            "For cbcs use the CBCS URL of PallyCon's console. Clients without cbcs need a second output group, DASH in cenc.",
        ),
    ])
}

/// Both versions of MediaPackage live.
fn mediapackage() -> Vec<Value> {
    vec![
        role(
            "IAM, Roles",
            "Create the role SPEKEAccess with MediaPackage as the trusted principal; its ARN is roleArn. Live v2 assumes it as mediapackagev2.",
            "SPEKEAccess",
            trust(&["mediapackage.amazonaws.com", "mediapackagev2.amazonaws.com"]),
            vec![invoke()],
        ),
        step(
            "MediaLive, output group",
            "Turn the encryption of the output group off: MediaPackage encrypts, and cannot read encrypted input.",
        ),
        step("MediaLive, outputs", "Put audio and video into separate outputs: otherwise Widevine does not play."),
    ]
}

fn live_v1() -> Vec<Value> {
    vec![
        step(
            "MediaPackage, origin endpoints",
            "Add one endpoint for each of DASH-ISO, Apple HLS, Microsoft Smooth and CMAF that players need.",
        ),
        step(
            "MediaPackage, CMAF endpoint",
            "For cbcs use the CBCS URL of PallyCon's console. If clients lack cbcs, add a second endpoint: DASH in cenc for them, CMAF in cbcs for FairPlay.",
        ),
        step(
            "MediaPackage, key rotation",
            "Without an interval it rotates keys every 60 seconds: write 0, or an interval together with key-rotation=true in the URL.",
        ),
    ]
}

fn live_v2() -> Vec<Value> {
    vec![
        step(
            "MediaPackage v2, manifests",
            "Add HLS and LL-HLS manifests. PallyCon's integration of live v2 has no DASH: use live v1 if players need it.",
        ),
        step(
            "MediaPackage v2, container type",
            "TS supports AES-128 or Sample-AES: no PlayReady, no Widevine. CMAF supports CENC for PlayReady and Widevine, CBCS for all three.",
        ),
        step(
            "MediaPackage v2, endpoints",
            "If clients lack cbcs, add two endpoints: CMAF with CENC for them, CMAF with CBCS for FairPlay.",
        ),
        step(
            "MediaPackage v2, key rotation",
            "The interval and key-rotation=true in the URL must agree; PallyCon must have enabled key rotation for the site.",
        ),
    ]
}

fn step(place: &str, what: &str) -> Value {
    Value::object([("where", Value::string(place)), ("what", Value::string(what))])
}

fn role(place: &str, what: &str, name: &str, trust: Value, statements: Vec<Value>) -> Value {
    let role = Value::object([("name", Value::string(name)), ("trustPolicy", trust), ("policy", policy(statements))]);
    step(place, what).with("role", Some(role))
}

fn policy(statements: Vec<Value>) -> Value {
    Value::object([("Version", Value::string("2012-10-17")), ("Statement", Value::Array(statements))])
}

fn trust(services: &[&str]) -> Value {
    policy(vec![Value::object([
        ("Effect", Value::string("Allow")),
        ("Principal", Value::object([("Service", texts(services.iter().copied()))])),
        ("Action", Value::string("sts:AssumeRole")),
    ])])
}

fn allow(actions: &[&str], resources: &[String]) -> Value {
    Value::object([
        ("Effect", Value::string("Allow")),
        ("Action", texts(actions.iter().copied())),
        ("Resource", texts(resources.iter().cloned())),
    ])
}

fn invoke() -> Value {
    allow(&["execute-api:Invoke"], &["arn:aws:execute-api:*:*:*".into()])
}
